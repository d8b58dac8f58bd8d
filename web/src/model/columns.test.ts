import assert from "node:assert/strict";
import { test } from "node:test";
import { areUsual, formatColumns, parseColumns, toggleColumn, USUAL_COLUMNS } from "./columns.js";

test("a choice of columns is read as it was written, in the order of the table and never without the name", () => {
  assert.deepEqual(parseColumns(formatColumns(USUAL_COLUMNS)), USUAL_COLUMNS);
  assert.deepEqual(parseColumns("memory,cpu,state,magic"), ["state", "name", "cpu", "memory"]);
  assert.equal(parseColumns(null), null);
  assert.equal(parseColumns("magic"), null);
});

test("ticking a column puts it in its place, and again takes it out", () => {
  const more = toggleColumn(USUAL_COLUMNS, "cpu");
  assert.deepEqual(more, ["state", "name", "instance", "detail", "cpu", "since", "actions"]);
  assert.ok(!areUsual(more) && areUsual(toggleColumn(more, "cpu")));
});
