// Words that every page uses: numbers with their nouns, spans of time, ages.
export const common = {
  process_one: "{{count, number}} process",
  process_other: "{{count, number}} processes",
  instance_one: "{{count, number}} instance",
  instance_other: "{{count, number}} instances",
  span: {
    ms: "{{n}}ms",
    s: "{{n}}s",
    ms_s: "{{m}}m {{s}}s",
    hm: "{{h}}h {{m}}m",
    dh: "{{d}}d {{h}}h",
  },
  justNow: "just now",
  ago: "{{span}} ago",
  now: "now",
  in: "in {{span}}",
  list: { andMore: "{{count}} more" },
  cancel: "Cancel",
  close: "Close",
};
