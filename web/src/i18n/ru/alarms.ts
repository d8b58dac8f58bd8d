// Russian: alarms of the controller and the banner for them.
export const alarms = {
  store: "История сохраняется не так, как должна",
  identity: "Кто-то ещё выдаёт себя за {{instance}}",
  controller: "контроллер",
  more_one: "Ещё {{count}} тревога",
  more_few: "Ещё {{count}} тревоги",
  more_many: "Ещё {{count}} тревог",
  more_other: "Ещё {{count}} тревоги",
  since: "{{message}} (уже <since></since>)",
  show: "Показать {{instance}}",
  all: "Все тревоги",
};
