import assert from "node:assert/strict";
import { test } from "node:test";
import { BLANK_EVENT } from "@fleetvisor/proto/api/history-event.fixture";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { buildHistory, channelOfLastWords, lastEnd, recoveredFrom } from "./history.js";

const event = (fields: Partial<HistoryEvent>): HistoryEvent => ({
  ...BLANK_EVENT,
  instance: "web1",
  group: "api",
  name: "api",
  ...fields,
});

test("an unexpected end says how, after how long, at what cost, and shows stderr before stdout", () => {
  const [row] = buildHistory([
    event({
      toState: "EXITED",
      exitSignal: "SIGKILL",
      exitExpected: false,
      uptimeMs: 187_000,
      cpuMs: 1_500,
      peakMemoryBytes: 33_554_432,
      stdoutTail: "listening\n",
      stderrTail: "out of memory\n",
    }),
  ]);
  assert.equal(row?.words, "killed by SIGKILL");
  assert.equal(row?.uptime, "3m 07s");
  assert.equal(row?.resources, "1.5s CPU, 32 MiB peak");
  assert.deepEqual(
    row?.tails.map((tail) => tail.channel),
    ["stderr", "stdout"],
  );
  assert.equal(row?.bad, true);
});

test("an end for want of memory is told as that", () => {
  const [row] = buildHistory([event({ toState: "EXITED", exitSignal: "SIGKILL", oomKilled: true })]);
  assert.equal(row?.words, "killed: out of memory");
});

test("a start names its pid, a stop on request is not bad and says who asked", () => {
  const [start, stop] = buildHistory([
    event({ toState: "STARTING", pid: 42 }),
    event({ toState: "STOPPED", exitSignal: "SIGTERM", user: "alice" }),
  ]);
  assert.deepEqual([start?.words, start?.uptime], ["pid 42", ""]);
  assert.deepEqual([stop?.words, stop?.who, stop?.bad], ["ended by SIGTERM", "alice", false]);
});

test("what concerns a whole instance links to the instance", () => {
  const [row] = buildHistory([event({ kind: "instance-down", group: null, name: null, detail: "no heartbeat" })]);
  assert.deepEqual([row?.subject, row?.href, row?.words], ["web1", "/instances/web1", "no heartbeat"]);
});

test("the last end is the newest event that ended a life or failed to begin one", () => {
  const ended = event({ id: 3, toState: "BACKOFF", exitCode: 1, uptimeMs: 40, stderrTail: "no database\n" });
  const events = [
    event({ id: 5, toState: "FATAL", exitCode: 1, spawnError: "Exited too quickly (process log may have details)" }),
    event({ id: 4, toState: "RUNNING", pid: 9 }),
    ended,
    event({ id: 2, toState: "EXITED", exitCode: 2, uptimeMs: 9 }),
  ];
  assert.equal(lastEnd(events)?.id, 3, "FATAL has no last words of its own");
  assert.equal(lastEnd([event({ id: 6, toState: "BACKOFF", spawnError: "can't find command" }), ended])?.id, 6);
  assert.equal(lastEnd([]), null);
});

test("the last words are looked for where a program says why, then where it says anything", () => {
  assert.equal(channelOfLastWords(event({ stdoutTail: "a\n", stderrTail: "b\n" })), "stderr");
  assert.equal(channelOfLastWords(event({ stdoutTail: "a\n", stderrTail: "\n" })), "stdout");
  assert.equal(channelOfLastWords(event({})), null);
  assert.equal(channelOfLastWords(null), null);
});

test("who is up again is told of the bad end within the hour that nobody asked for", () => {
  const up = event({ id: 3, atMs: 61_000, fromState: "STARTING", toState: "RUNNING" });
  const crash = event({ id: 2, atMs: 60_000, toState: "EXITED", exitCode: 3, exitExpected: false, uptimeMs: 5_000 });
  assert.equal(recoveredFrom("RUNNING", [up, crash], 90_000), crash);
  assert.equal(recoveredFrom("STARTING", [crash], 90_000), crash);
  assert.equal(recoveredFrom("EXITED", [crash], 90_000), null, "it is not up");
  assert.equal(recoveredFrom("RUNNING", [up, crash], 60_000 + 3_600_000), null, "long ago");
  const well = { ...crash, exitCode: 0, exitExpected: true };
  assert.equal(recoveredFrom("RUNNING", [up, well, crash], 90_000), null, "the last end was a good one");
  const asked = { ...crash, toState: "STOPPED" as const, user: "ann" };
  assert.equal(recoveredFrom("RUNNING", [up, asked], 90_000), null, "somebody restarted it");
});
