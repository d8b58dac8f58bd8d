import assert from "node:assert/strict";
import { test } from "node:test";
import { ALL_PICKED, isPicked, NOTHING_PICKED, pickedShare, toggleLoaded, togglePicked } from "./picked.js";

const loaded = ["a", "b", "c"];

test("rows are picked one by one, or all loaded ones at once", () => {
  const one = togglePicked(NOTHING_PICKED, "b", loaded);
  assert.deepEqual([...one.targets], ["b"]);
  assert.equal(pickedShare(one, loaded), "some");
  const all = toggleLoaded(one, loaded);
  assert.equal(pickedShare(all, loaded), "all");
  assert.equal(pickedShare(toggleLoaded(all, loaded), loaded), "none");
});

test("all that match are picked with what is not loaded, until one row is left out", () => {
  assert.ok(isPicked(ALL_PICKED, "somewhere else"));
  assert.equal(pickedShare(ALL_PICKED, loaded), "all");
  const rest = togglePicked(ALL_PICKED, "b", loaded);
  assert.deepEqual([rest.all, [...rest.targets]], [false, ["a", "c"]]);
});

test("nothing is picked where nothing is loaded", () => {
  assert.equal(pickedShare(NOTHING_PICKED, []), "none");
});
