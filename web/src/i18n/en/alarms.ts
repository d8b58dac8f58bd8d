// Alarms of the controller and the banner for them.
export const alarms = {
  store: "History is not kept as it should be",
  identity: "Somebody else claims to be {{instance}}",
  controller: "the controller",
  more_one: "{{count}} more alarm",
  more_other: "{{count}} more alarms",
  since: "{{message}} (for <since></since>)",
  show: "Show {{instance}}",
  all: "All alarms",
};
