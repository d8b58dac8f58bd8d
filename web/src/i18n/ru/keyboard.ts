// Russian: keys, the palette, what the search box suggests.
export const keyboard = {
  title: "Клавиши",
  find: "найти страницу, узел или процесс по имени",
  search: "поиск на этой странице или переход к процессам",
  help: "эта справка",
  goTo: "перейти: {{place}}",
  strip: "перемещаться по узлам на странице парка",
  close: "закрыть то, что открыто",
  palette: {
    title: "Переход",
    label: "Перейти к странице, узлу или процессу",
    placeholder: "Страница, узел, процесс или селектор",
    options: "Куда",
    instanceOn: "узел на {{host}}",
    asSelector: "как селектор процессов",
  },
};
