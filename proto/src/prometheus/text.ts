// Prometheus' text format 0.0.4, to be scraped: families, their series, and what must be written in another way.
// https://prometheus.io/docs/instrumenting/exposition_formats/

export const METRICS_CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface Family {
  /** Of a counter it ends in `_total`. Units are the base ones and in the name: `_seconds`, `_bytes`, `_ratio`. */
  readonly name: string;
  readonly type: "counter" | "gauge";
  readonly help: string;
}

/** What stands before the series of a family, once. */
export function formatFamily({ name, type, help }: Family): string {
  return `# HELP ${name} ${help.replace(/\\/g, "\\\\").replace(/\n/g, "\\n")}\n# TYPE ${name} ${type}\n`;
}

/** `instance="web1",state="RUNNING"`, to be given to `formatSeries` as often as wanted. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(",");
}

/** One line. */
export function formatSeries({ name }: Pick<Family, "name">, labels: string, value: number): string {
  return `${name}${labels === "" ? "" : `{${labels}}`} ${formatValue(value)}\n`;
}

function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value) ? value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n") : value;
}

function formatValue(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  return value === Number.NEGATIVE_INFINITY ? "-Inf" : String(value);
}
