import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogPage } from "@fleetvisor/proto/api/logs";
import { addEarlier, addLater, earlierOf, isAtEnd, type LogWindow, laterOf, openWindow } from "./log-window.js";

const page = (text: string, start: string, end: string, part: Partial<LogPage> = {}): LogPage => ({
  ...{ text, start, end, bytes: text.length, backup: 0, isOldest: false, isNewest: false, found: null },
  ...part,
});
const texts = ({ rows }: LogWindow) => rows.map(({ text }) => text);
const ids = ({ rows }: LogWindow) => rows.map(({ id }) => id);

test("pages are joined at either end, and every row keeps its number", () => {
  const first = openWindow(page("c\nd\n", "f@4", "f@8"));
  const both = addLater(
    addEarlier(first, page("a\nb\n", "f@0", "f@4", { isOldest: true })),
    page("e\n", "f@8", "f@10"),
  );
  assert.deepEqual(texts(both), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(
    both.rows.filter(({ text }) => text === "c" || text === "d").map(({ id }) => id),
    ids(first),
  );
  assert.deepEqual(
    ids(both),
    [...new Set(ids(both))].sort((a, b) => a - b),
  );
  assert.deepEqual([earlierOf(both), laterOf(both), isAtEnd(both)], [null, "f@10", false]);
});

test("between two files of a log there is a word about it", () => {
  const window = addLater(openWindow(page("old\n", "f@0", "f@4", { backup: 1 })), page("new\n", "g@0", "g@4"));
  assert.deepEqual(texts(window), ["old", "the log was rotated here", "new"]);
  const earlier = addEarlier(openWindow(page("new\n", "g@0", "g@4")), page("old\n", "f@0", "f@4", { backup: 1 }));
  assert.deepEqual(texts(earlier), ["old", "the log was rotated here", "new"]);
  assert.equal(new Set(ids(earlier)).size, 3);
});

test("a line that was being written goes on", () => {
  const window = openWindow(page("whole\nhal", "f@0", "f@9", { isNewest: true }));
  assert.deepEqual([texts(window), isAtEnd(window)], [["whole", "hal"], true]);
  const more = addLater(window, page("f a line\nnext\n", "f@9", "f@23"));
  assert.deepEqual(texts(more), ["whole", "half a line", "next"]);
  assert.deepEqual(ids(more).slice(0, 2), ids(window), "it is the same row");
  const empty = addLater(window, page("", "f@9", "f@9", { isNewest: true }));
  assert.deepEqual(texts(empty), ["whole", "hal"]);
});

test("of many pages those far from where one reads are let go", () => {
  let window = openWindow(page("0\n", "f@1000", "f@1001"));
  for (let n = 1; n <= 60; n++) window = addEarlier(window, page(`${n}\n`, `f@${1000 - n}`, `f@${1001 - n}`));
  assert.deepEqual([window.pages.length, texts(window)[0], laterOf(window)], [48, "60", "f@988"]);
  for (let n = 1; n <= 60; n++) window = addLater(window, page(`later ${n}\n`, `f@${987 + n}`, `f@${988 + n}`));
  assert.deepEqual([window.pages.length, texts(window).at(-1), earlierOf(window)], [48, "later 60", "f@1000"]);
});
