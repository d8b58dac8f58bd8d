import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { sharesOf, stretchesOf, stripOf } from "./timeline.js";

const event = (atMs: number, fromState: string, toState: string, part: Partial<HistoryEvent> = {}) =>
  ({ kind: "process-state", atMs, fromState, toState, ...part }) as HistoryEvent;

const request = {
  sinceMs: 0,
  untilMs: 100_000,
  now: "RUNNING" as const,
  heardAtMs: 100_000,
  startedAtMs: 0,
  complete: true,
};
const trail = (stretches: ReturnType<typeof stretchesOf>) =>
  stretches.map(({ state, fromMs, toMs }) => `${state} ${fromMs / 1_000}-${toMs / 1_000}`);

test("states last from one event to the next, and before the first as that one says", () => {
  const events = [event(60_000, "EXITED", "RUNNING"), event(50_000, "RUNNING", "EXITED")];
  assert.deepEqual(trail(stretchesOf({ ...request, events })), ["RUNNING 0-50", "EXITED 50-60", "RUNNING 60-100"]);
});

test("without events all of the time is as it is now", () => {
  assert.deepEqual(trail(stretchesOf({ ...request, events: [] })), ["RUNNING 0-100"]);
});

test("where not all events are there, what came before the oldest is not claimed", () => {
  const events = [event(60_000, "STARTING", "RUNNING")];
  assert.deepEqual(trail(stretchesOf({ ...request, events, complete: false })), ["null 0-60", "RUNNING 60-100"]);
});

test("after lost reports and after a host was heard last nothing is known", () => {
  const gap = event(20_000, "", "", { kind: "gap", toState: null, fromState: null });
  const events = [event(40_000, "STARTING", "RUNNING"), gap, event(10_000, "STARTING", "RUNNING")];
  assert.deepEqual(trail(stretchesOf({ ...request, events, heardAtMs: 70_000 })), [
    "STARTING 0-10",
    "RUNNING 10-20",
    "null 20-40",
    "RUNNING 40-70",
    "null 70-100",
  ]);
});

test("before its supervisor started nothing is known, unless it was told", () => {
  const startedAtMs = 40_000;
  const began = event(41_000, "STOPPED", "RUNNING");
  assert.deepEqual(trail(stretchesOf({ ...request, events: [began], startedAtMs })), [
    "null 0-40",
    "STOPPED 40-41",
    "RUNNING 41-100",
  ]);
  assert.deepEqual(trail(stretchesOf({ ...request, events: [], startedAtMs })), ["null 0-40", "RUNNING 40-100"]);
  const ended = event(30_000, "RUNNING", "STOPPED");
  assert.deepEqual(trail(stretchesOf({ ...request, events: [began, ended], startedAtMs })), [
    "RUNNING 0-30",
    "STOPPED 30-41",
    "RUNNING 41-100",
  ]);
});

test("a death of a second stays visible on a strip of ten columns", () => {
  const events = [event(56_000, "EXITED", "RUNNING"), event(55_000, "RUNNING", "EXITED")];
  assert.deepEqual(trail(stripOf(stretchesOf({ ...request, events }), 10)), [
    "RUNNING 0-50",
    "EXITED 50-60",
    "RUNNING 60-100",
  ]);
});

test("shares are never rounded to all or nothing", () => {
  const shares = sharesOf([
    { state: "RUNNING", fromMs: 0, toMs: 9_999_000 },
    { state: "EXITED", fromMs: 9_999_000, toMs: 10_000_000 },
  ]);
  assert.deepEqual(
    shares.map(({ word, share }) => `${word} ${share}`),
    ["Running >99.9 %", "Exited <0.1 %"],
  );
});
