import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { ANY_EVENT, eventFilterParams, eventQuery, isFiltered, mayBeTaken, parseEventFilter } from "./events.js";

test("the address holds the whole filter, and what it does not know is no filter", () => {
  const text = "q=web-*%2Fapi%3A*&user=ann&cause=unexpected&kind=process-state&span=24h";
  assert.equal(eventFilterParams(parseEventFilter(new URLSearchParams(text))).toString(), text);
  assert.deepEqual(parseEventFilter(new URLSearchParams("cause=magic&kind=magic&span=9y")), ANY_EVENT);
});

test("the question counts back from the controller's now and leaves out what is not asked", () => {
  assert.deepEqual(eventQuery(ANY_EVENT, 5), {});
  const filter = parseEventFilter(new URLSearchParams("q=+state%3DFATAL+&span=1h&user=ann"));
  assert.deepEqual(eventQuery(filter, 3_600_500), { selector: "state=FATAL", user: "ann", sinceMs: 500 });
  assert.deepEqual([isFiltered(ANY_EVENT), isFiltered(filter)], [false, true]);
});

test("a new event is left alone where the filter certainly does not take it", () => {
  const event = { kind: "process-state", user: "ann", exitExpected: false, oomKilled: false } as HistoryEvent;
  const taken = (part: Partial<typeof ANY_EVENT>) => mayBeTaken({ ...ANY_EVENT, ...part }, event);
  assert.ok(
    taken({}) && taken({ user: " ann " }) && taken({ cause: "unexpected", selector: "only the controller knows" }),
  );
  assert.ok(!taken({ user: "bob" }) && !taken({ kind: "gap" }) && !taken({ cause: "out-of-memory" }));
});
