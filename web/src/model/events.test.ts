import assert from "node:assert/strict";
import { test } from "node:test";
import { ANY_EVENT, eventFilterParams, eventQuery, isFiltered, parseEventFilter } from "./events.js";

test("the address holds the whole filter, and what it does not know is no filter", () => {
  const text = "q=web-*%2Fapi%3A*&user=ann&cause=unexpected&span=24h";
  assert.equal(eventFilterParams(parseEventFilter(new URLSearchParams(text))).toString(), text);
  assert.deepEqual(parseEventFilter(new URLSearchParams("cause=magic&span=9y")), ANY_EVENT);
});

test("the question counts back from the controller's now and leaves out what is not asked", () => {
  assert.deepEqual(eventQuery(ANY_EVENT, 5), {});
  const filter = parseEventFilter(new URLSearchParams("q=+state%3DFATAL+&span=1h&user=ann"));
  assert.deepEqual(eventQuery(filter, 3_600_500), { selector: "state=FATAL", user: "ann", sinceMs: 500 });
  assert.deepEqual([isFiltered(ANY_EVENT), isFiltered(filter)], [false, true]);
});
