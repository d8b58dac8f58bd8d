// Russian: what a page says when it is empty, loading, failed or forbidden.
export const words = {
  loading: "Загрузка",
  tryAgain: "Повторить",
  page: {
    failed: "Не удалось показать страницу",
    why: "После обновления контроллера открытую страницу нужно загрузить заново.",
    reload: "Загрузить заново",
  },
  selectorUnread: "Не удалось разобрать селектор",
  processesFailed: "Не удалось показать процессы",
};
