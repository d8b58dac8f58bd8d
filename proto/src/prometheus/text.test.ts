// Prometheus' text as a scraper is to read it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { formatFamily, formatLabels, formatSeries } from "./text.js";

const FAMILY = { name: "x_total", type: "counter", help: "back\\slash\nand more" } as const;

test("a family says what it is, on one line each", () => {
  assert.equal(formatFamily(FAMILY), "# HELP x_total back\\\\slash\\nand more\n# TYPE x_total counter\n");
});

test("labels are quoted, whatever is in them", () => {
  const labels = formatLabels({ a: 'q"', b: "\\", c: "\n", d: "ä b" });
  assert.equal(formatSeries(FAMILY, labels, 1), 'x_total{a="q\\"",b="\\\\",c="\\n",d="ä b"} 1\n');
});

test("values are numbers as Go reads them", () => {
  const line = (value: number) => formatSeries(FAMILY, "", value);
  assert.equal(line(0.1), "x_total 0.1\n");
  assert.equal(line(1e21), "x_total 1e+21\n");
  assert.equal(line(Number.POSITIVE_INFINITY), "x_total +Inf\n");
  assert.equal(line(Number.NEGATIVE_INFINITY), "x_total -Inf\n");
  assert.equal(line(Number.NaN), "x_total NaN\n");
});
