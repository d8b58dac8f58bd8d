import assert from "node:assert/strict";
import { test } from "node:test";
import { formatItems, ItemWriter, parseOutput, toJson } from "./output.js";

test("a document that comes in parts is the one that comes at once", () => {
  const items = [{ a: 1, text: "x\ny" }, { a: [2, { b: null }] }, { a: 3 }];
  for (const count of [0, 1, 2, 3]) {
    const writer = new ItemWriter("json", String);
    const parts = items.slice(0, count).map((item) => writer.items([item]));
    assert.equal(parts.join("") + writer.items([]) + writer.end(), toJson({ items: items.slice(0, count) }));
  }
  assert.equal(formatItems("ndjson", items, String), items.map((item) => `${JSON.stringify(item)}\n`).join(""));
  assert.equal(
    formatItems("name", ["a", "b"], (name) => name),
    "a\nb\n",
  );
});

test("wide is a table; what a command cannot print is refused with what it can", () => {
  assert.equal(parseOutput("wide", ["table", "json"]), "table");
  assert.throws(() => parseOutput("wide", ["json"]), /choose json$/);
  assert.throws(() => parseOutput("yaml", ["table", "name"]), /-o yaml is not possible here: choose table, wide, name/);
});
