// Russian: states of processes and livenesses of instances.
export const states = {
  FATAL: { word: "Сбой", meaning: "не удалось запустить, попытки прекращены" },
  BACKOFF: { word: "Повтор", meaning: "завершился слишком скоро после запуска; запускается снова" },
  UNKNOWN: { word: "Неизвестно", meaning: "супервизор потерял его из виду" },
  EXITED: { word: "Завершён", meaning: "завершился сам" },
  STOPPING: { word: "Остановка", meaning: "велено завершиться, ещё не завершился" },
  STARTING: { word: "Запуск", meaning: "запущен, но ещё не проработал startsecs" },
  STOPPED: { word: "Остановлен", meaning: "остановлен по команде или не запускался" },
  RUNNING: { word: "Работает", meaning: "работает" },
  lost: { word: "Потерян", meaning: "связи нет; показанное устарело" },
  late: { word: "Опаздывает", meaning: "давно не отвечает; показанное могло устареть" },
  live: { word: "На связи", meaning: "недавно отвечал" },
  title: "{{state}}: {{meaning}}",
  staleTitle: "{{state}}: {{meaning}}; последнее известное, узел не отвечает",
};
