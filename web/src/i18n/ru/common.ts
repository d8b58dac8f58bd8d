// Russian: words that every page uses.
export const common = {
  process_one: "{{count, number}} процесс",
  process_few: "{{count, number}} процесса",
  process_many: "{{count, number}} процессов",
  process_other: "{{count, number}} процесса",
  instance_one: "{{count, number}} узел",
  instance_few: "{{count, number}} узла",
  instance_many: "{{count, number}} узлов",
  instance_other: "{{count, number}} узла",
  span: {
    ms: "{{n}} мс",
    s: "{{n}} с",
    ms_s: "{{m}} мин {{s}} с",
    hm: "{{h}} ч {{m}} мин",
    dh: "{{d}} д {{h}} ч",
  },
  justNow: "только что",
  ago: "{{span}} назад",
  list: { andMore: "ещё {{count}}" },
    now: "сейчас {{value}}",
};
