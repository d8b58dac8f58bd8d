// Keys, the palette, what the search box suggests.
export const keyboard = {
  title: "Keys",
  find: "find a page, a host or a process by name",
  search: "search on this page, or go to the processes",
  help: "this help",
  goTo: "go to {{place}}",
  strip: "move over the instances of the fleet's page",
  rows: "to the next process of a list, and the one before",
  pick: "pick the process that is focused",
  close: "close what is open",
  palette: {
    title: "Go to",
    label: "Go to a page, host or process",
    placeholder: "Page, host, process or selector",
    options: "Where to",
    instanceOn: "instance on {{host}}",
    asSelector: "as a selector of processes",
  },
};
