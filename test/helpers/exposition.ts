// Reads Prometheus' text format strictly: what a scraper would refuse throws.
interface Family {
  readonly type: string;
  readonly help: string;
}

export interface Exposition {
  readonly families: ReadonlyMap<string, Family>;
  /** Null when there is no such series. */
  value(name: string, labels: Readonly<Record<string, string>>): number | null;
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SERIES = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)/y;
/** What a histogram or summary has besides its own name. */
const SUFFIX = /_(bucket|sum|count)$/;

export function parseExposition(text: string): Exposition {
  const families = new Map<string, Family>();
  const series = new Map<string, number>();
  const helps = new Map<string, string>();
  let current = "";
  if (!text.endsWith("\n")) throw new Error("the last line does not end");
  for (const line of text.slice(0, -1).split("\n")) {
    const fail = (why: string): never => {
      throw new Error(`${why}: ${line}`);
    };
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) ?(.*)$/.exec(line) ?? [];
    if (line === "") continue;
    if (kind === "HELP") {
      if (helps.has(name)) fail("a second HELP");
      helps.set(name, rest);
    } else if (kind === "TYPE") {
      if (families.has(name)) fail("a second TYPE");
      if (!NAME.test(name)) fail("no name");
      if (!["counter", "gauge", "histogram", "summary"].includes(rest)) fail("no type");
      families.set(name, { type: rest, help: helps.get(name) ?? fail("no HELP before") });
      current = name;
    } else {
      const [, own = "", labels = "", value = ""] = SERIES.exec(line) ?? fail("no series");
      if (own !== current && own.replace(SUFFIX, "") !== current) fail(`not of the family ${current}`);
      if (!/^([+-]?\d+(\.\d+)?(e[+-]?\d+)?|NaN|[+-]Inf)$/i.test(value)) fail("no value");
      const key = keyOf(own, labelsOf(labels) ?? fail("no labels"));
      if (series.has(key)) fail("a second time");
      series.set(key, Number(value.replace("Inf", "Infinity")));
    }
  }
  for (const [name, { type }] of families) {
    if (name.startsWith("fleetvisor_") && (type === "counter") !== name.endsWith("_total")) {
      throw new Error(`${name} is a ${type}`);
    }
  }
  return { families, value: (name, labels) => series.get(keyOf(name, labels)) ?? null };
}

function labelsOf(text: string): Record<string, string> | null {
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    if (match === null) return null;
    const [, name = "", value = ""] = match;
    labels[name] = value.replace(/\\(["\\n])/g, (_, char: string) => (char === "n" ? "\n" : char));
  }
  return labels;
}

function keyOf(name: string, labels: Readonly<Record<string, string>>): string {
  return JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
