// How an agent comes back to its controller.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newSession, type Session, type SessionInput, step } from "./session.js";

const closed = (jitter: number, more: Partial<SessionInput> = {}): SessionInput => ({
  type: "closed",
  jitter,
  retryAfterMs: 0,
  refused: false,
  ...more,
});

function after(session: Session, ...inputs: SessionInput[]): Session {
  return inputs.reduce((current, input) => step(current, input, 0).next, session);
}

test("a start dials once, a second start does nothing", () => {
  const first = step(newSession(1), { type: "start" }, 0);
  assert.equal(first.dial, true);
  assert.equal(step(first.next, { type: "start" }, 0).dial, false);
});

test("the wait doubles up to half a minute and is spread by jitter", () => {
  let session = after(newSession(1), { type: "start" });
  const longest: number[] = [];
  for (let n = 0; n < 9; n++) {
    session = after(session, closed(0.999999));
    longest.push(Math.round(session.deadlineMs ?? -1));
    session = after(session, { type: "deadline" });
  }
  assert.deepEqual(longest, [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  assert.equal(after(newSession(1), { type: "start" }, closed(0)).deadlineMs, 0);
});

test("a welcome forgets earlier failures", () => {
  const session = after(
    newSession(1),
    { type: "start" },
    closed(0),
    { type: "deadline" },
    closed(0),
    { type: "deadline" },
    { type: "welcome" },
    closed(0.5),
  );
  assert.equal(session.deadlineMs, 250);
});

test("the controller's retry-after is honoured and spread", () => {
  const session = after(newSession(1), { type: "start" }, closed(0.5, { retryAfterMs: 4000 }));
  assert.equal(session.deadlineMs, 6000);
});

test("controllers of a list are tried in turn before the wait grows", () => {
  let session = after(newSession(2), { type: "start" });
  const tried = [session.current];
  for (let n = 0; n < 3; n++) {
    session = after(session, closed(1), { type: "deadline" });
    tried.push(session.current);
  }
  assert.deepEqual(tried, [0, 1, 0, 1]);
});

test("a refused agent comes back rarely, a stopped one never", () => {
  const refused = after(newSession(1), { type: "start" }, closed(0.5, { refused: true }));
  assert.equal(refused.deadlineMs, 30_000);
  const stopped = after(refused, { type: "stop" });
  assert.equal(step(stopped, { type: "deadline" }, 99_999).dial, false);
});
