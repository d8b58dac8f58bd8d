import assert from "node:assert/strict";
import { test } from "node:test";
import { formatViews, isSameView, MOST_VIEWS, parseViews, withoutView, withView } from "./saved-views.js";

test("what was kept is read again, and what is no view is left out", () => {
  const views = withView([{ name: "b", query: "q=1" }], { name: "a", query: "" });
  assert.deepEqual(parseViews(formatViews(views ?? [])), [
    { name: "a", query: "" },
    { name: "b", query: "q=1" },
  ]);
  assert.deepEqual(parseViews('[{"name":"x"},3,null,{"name":"y","query":"q=2"}]'), [{ name: "y", query: "q=2" }]);
  for (const text of [null, "", "{", '{"name":"a"}']) assert.deepEqual(parseViews(text), []);
});

test("a name is given once, and there is room for so many", () => {
  const one = [{ name: "a", query: "q=1" }];
  assert.deepEqual(withView(one, { name: "a", query: "q=2" }), [{ name: "a", query: "q=2" }]);
  assert.deepEqual(withoutView(one, "a"), []);
  const full = Array.from({ length: MOST_VIEWS }, (_, n) => ({ name: `v${n}`, query: "" }));
  assert.equal(withView(full, { name: "new", query: "" }), null);
  assert.equal(withView(full, { name: "v1", query: "q=1" })?.length, MOST_VIEWS);
});

test("a view is the same whatever the order of its parts", () => {
  assert.ok(isSameView("q=a&sort=since", "sort=since&q=a") && !isSameView("q=a", ""));
});
