// Russian: what a page says when it is empty, loading, failed or forbidden.
export const words = {
  loading: "Загрузка",
  tryAgain: "Повторить",
  forbidden: "Ваши права этого не позволяют; выдать их может тот, кто управляет парком.",
  yourAccess: "Что вам разрешено",
  page: {
    failed: "Не удалось показать страницу",
    why: "После обновления контроллера открытую страницу нужно загрузить заново.",
    reload: "Загрузить заново",
  },
  selectorUnread: "Не удалось разобрать селектор",
  processesFailed: "Не удалось показать процессы",
};
