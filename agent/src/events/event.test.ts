// Events read as supervisord's listeners expect them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { envelope, lineage, processLogEvent, processStateEvent, remoteCommunicationEvent } from "./event.js";

const WEB = { name: "web", group: "site" };

test("the envelope has supervisord's fields in supervisord's order", () => {
  const event = processStateEvent(WEB, { from: "STARTING", to: "RUNNING", pid: 42, tries: 0, expected: null });
  assert.equal(
    envelope(event, "supervisor", "pool", { serial: 7, poolSerial: 3 }).toString(),
    "ver:3.0 server:supervisor serial:7 pool:pool poolserial:3 eventname:PROCESS_STATE_RUNNING len:57\n" +
      "processname:web groupname:site from_state:STARTING pid:42",
  );
});

test("each state says what supervisord says of it", () => {
  const payload = (to: Parameters<typeof processStateEvent>[1]["to"]) =>
    processStateEvent(WEB, { from: "RUNNING", to, pid: 9, tries: 2, expected: true }).payload.split(" ").slice(2);
  assert.deepEqual(payload("STARTING"), ["from_state:RUNNING", "tries:2"]);
  assert.deepEqual(payload("BACKOFF"), ["from_state:RUNNING", "tries:2"]);
  assert.deepEqual(payload("STOPPING"), ["from_state:RUNNING", "pid:9"]);
  assert.deepEqual(payload("EXITED"), ["from_state:RUNNING", "expected:1", "pid:9"]);
  assert.deepEqual(payload("STOPPED"), ["from_state:RUNNING", "pid:9"]);
  assert.deepEqual(payload("FATAL"), ["from_state:RUNNING"]);
  assert.deepEqual(payload("UNKNOWN"), ["from_state:RUNNING"]);
});

test("len counts characters and not bytes, as supervisord has it", () => {
  const event = remoteCommunicationEvent("t", "é😀");
  assert.equal(event.payload, "type:t\né😀");
  assert.match(envelope(event, "s", "p", { serial: 0, poolSerial: 0 }).toString(), / len:9\n/);
});

test("output that is no UTF-8 is written down as Python would", () => {
  const { payload } = processLogEvent(WEB, 5, "stderr", Buffer.from([0x88, 0x0a, 0x27]));
  assert.equal(payload, `processname:web groupname:site pid:5 channel:stderr\nUndecodable: b"\\x88\\n'"`);
});

test("a type stands below its ancestors", () => {
  assert.deepEqual(lineage("PROCESS_STATE_FATAL"), ["PROCESS_STATE_FATAL", "PROCESS_STATE", "EVENT"]);
  assert.deepEqual(lineage("TICK_5"), ["TICK_5", "TICK", "EVENT"]);
});
