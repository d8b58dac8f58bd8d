import assert from "node:assert/strict";
import { test } from "node:test";
import { alarmLines } from "./alarms.js";

const copy = (instance: string, sinceMs: number) =>
  ({ kind: "identity", message: "refused", sinceMs, instance }) as const;

test("each line leads to where more is to be seen", () => {
  const store = { kind: "store", message: "disk full", sinceMs: 9, instance: null } as const;
  assert.deepEqual(
    alarmLines([store, copy("web/1", 1)]).map(({ to }) => to),
    [
      { word: "All alarms", href: "/controller" },
      { word: "Show web/1", href: "/instances/web%2F1" },
    ],
  );
});

test("the controller's own alarm is first, then the oldest, and many are counted", () => {
  assert.deepEqual(alarmLines([]), []);
  const store = { kind: "store", message: "disk full", sinceMs: 9, instance: null } as const;
  const lines = alarmLines([copy("b", 2), copy("a", 1), store, copy("d", 4), copy("c", 3)]);
  assert.deepEqual(
    lines.map(({ title, message, sinceMs }) => [title, message, sinceMs]),
    [
      ["History is not kept as it should be", "disk full", 9],
      ["Somebody else claims to be a", "refused", 1],
      ["Somebody else claims to be b", "refused", 2],
      ["2 more alarms", "c, d", 3],
    ],
  );
});
