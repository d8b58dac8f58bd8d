// Liveness on a clock of its own: what an operator sees of hosts that are there, that go and that waver.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Liveness } from "@fleetvisor/proto/vocabulary/states";
import fc from "fast-check";
import { type Contact, type ContactInput, contactTransition, livenessTimes, rememberedContact } from "./liveness.js";

const HEARTBEAT_MS = 5_000;
const TIMES = livenessTimes(HEARTBEAT_MS);

/** One instance on a clock that tells its deadlines, `lateMs` after they are due. */
function world(lateMs = 0) {
  let nowMs = 0;
  let contact: Contact = rememberedContact(nowMs);
  let deadlineMs: number | null = TIMES.lostMs;
  const trail: Liveness[] = [contact.liveness];
  const take = (input: ContactInput) => {
    const step = contactTransition(contact, input, nowMs, TIMES);
    contact = step.next;
    deadlineMs = step.deadlineMs;
    if (contact.liveness !== trail.at(-1)) trail.push(contact.liveness);
  };
  const w = {
    trail,
    get contact() {
      return contact;
    },
    get liveness() {
      return contact.liveness;
    },
    get nowMs() {
      return nowMs;
    },
    take,
    advance(byMs: number) {
      const end = nowMs + byMs;
      while (deadlineMs !== null && Math.max(nowMs, deadlineMs + lateMs) <= end) {
        nowMs = Math.max(nowMs, deadlineMs + lateMs);
        take({ type: "deadline", dueMs: deadlineMs });
      }
      nowMs = end;
    },
    beats(count: number, everyMs = HEARTBEAT_MS) {
      for (let beat = 0; beat < count; beat++) {
        w.advance(everyMs);
        take({ type: "heard" });
      }
    },
  };
  return w;
}

test("a remembered instance is late at once, lost when it does not come, and live as soon as it is heard", () => {
  const w = world();
  w.advance(TIMES.lostMs);
  w.take({ type: "connected" });
  assert.equal(w.trail.join(" "), "late lost live");
});

test("silence on an open stream goes over late to lost, and says which it is", () => {
  const w = world();
  w.take({ type: "connected" });
  w.advance(TIMES.lateMs);
  assert.match(w.contact.reason ?? "", /open but silent/);
  w.advance(TIMES.lostMs);
  assert.equal(w.trail.join(" "), "late live late lost");
  assert.match(w.contact.reason ?? "", /given up: .*open but silent/);
});

test("a stream that breaks and comes back within its grace is never seen to waver", () => {
  const w = world();
  w.take({ type: "connected" });
  for (let time = 0; time < 20; time++) {
    w.beats(2);
    w.take({ type: "broken", reason: "reset" });
    w.advance(TIMES.graceMs - 1);
    w.take({ type: "connected" });
  }
  assert.equal(w.trail.join(" "), "late live");
});

test("one fall is forgiven at once, a second within a minute only after a steady while", () => {
  const w = world();
  const fall = () => {
    w.take({ type: "broken", reason: "reset" });
    w.advance(TIMES.graceMs);
    assert.equal(w.liveness, "late");
    w.take({ type: "connected" });
  };
  w.take({ type: "connected" });
  fall();
  assert.equal(w.liveness, "live");
  w.beats(1);
  fall();
  assert.equal(w.liveness, "late");
  assert.match(w.contact.reason ?? "", /unsteady/);
  w.beats(1);
  assert.equal(w.liveness, "late");
  w.beats(1);
  assert.equal(w.liveness, "live");
});

test("a deadline noticed much too late is our own stall, and one that stays silent is still found out", () => {
  const w = world();
  w.take({ type: "connected" });
  const due = w.nowMs + TIMES.lateMs;
  const step = contactTransition(w.contact, { type: "deadline", dueMs: due }, due + 60_000, TIMES);
  assert.equal(step.next.liveness, "live");
  const again = step.deadlineMs ?? 0;
  assert.equal(contactTransition(step.next, { type: "deadline", dueMs: again }, again, TIMES).next.liveness, "lost");
});

test("a controller whose every timer is late still finds out who is gone, and when", () => {
  const lateMs = 4 * TIMES.stallMs;
  const w = world(lateMs);
  w.take({ type: "connected" });
  w.advance(TIMES.lateMs + TIMES.pardons * (lateMs + TIMES.graceMs) + lateMs);
  assert.equal(w.liveness, "late");
  w.advance(TIMES.lostMs + lateMs);
  assert.equal(w.liveness, "lost");
});

test("nine in ten messages that come, up to two seconds late, never make a host flicker", () => {
  const beat = fc.record({ lost: fc.integer({ min: 0, max: 9 }), delayMs: fc.nat(2_000) });
  fc.assert(
    fc.property(fc.array(beat, { minLength: 10, maxLength: 200 }), (beats) => {
      // TCP brings what was lost once more: a lost one is only later, and those after it wait for it.
      const arrivals: number[] = [];
      for (const [index, { lost, delayMs }] of beats.entries()) {
        const sentMs = (index + 1) * HEARTBEAT_MS;
        const arrivalMs = sentMs + delayMs + (lost === 0 ? 3_000 : 0);
        arrivals.push(Math.max(arrivalMs, arrivals.at(-1) ?? 0));
      }
      const w = world();
      w.take({ type: "connected" });
      for (const arrivalMs of arrivals) {
        w.advance(arrivalMs - w.nowMs);
        w.take({ type: "heard" });
      }
      assert.equal(w.trail.join(" "), "late live");
    }),
  );
});

test("a host whose heartbeats come with any jitter below the limit never flickers", () => {
  const gaps = fc.array(fc.integer({ min: 1, max: TIMES.lateMs - 1 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(gaps, fc.integer({ min: 0, max: TIMES.stallMs }), (waits, timersLateMs) => {
      const w = world(timersLateMs);
      w.take({ type: "connected" });
      for (const wait of waits) w.beats(1, wait);
      assert.equal(w.trail.join(" "), "late live");
    }),
  );
});

const anyInput: fc.Arbitrary<ContactInput> = fc.oneof(
  fc.constant({ type: "heard" } as const),
  fc.constant({ type: "connected" } as const),
  fc.constant({ type: "broken", reason: "reset" } as const),
);
const anyStory = fc.array(fc.record({ waitMs: fc.nat(2 * TIMES.lostMs), input: anyInput }), { maxLength: 40 });

test("after any past, silence ends in lost, in time, and never in green", () => {
  fc.assert(
    fc.property(anyStory, fc.integer({ min: 0, max: TIMES.stallMs }), (story, timersLateMs) => {
      const w = world(timersLateMs);
      for (const { waitMs, input } of story) {
        w.advance(waitMs);
        w.take(input);
      }
      w.advance(TIMES.lateMs + timersLateMs);
      assert.notEqual(w.liveness, "live", w.trail.join(" "));
      w.advance(TIMES.lostMs + timersLateMs);
      assert.equal(w.liveness, "lost", w.trail.join(" "));
    }),
  );
});

test("after any past, steady heartbeats end in live and stay there", () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      const w = world();
      for (const { waitMs, input } of story) {
        w.advance(waitMs);
        w.take(input);
      }
      w.take({ type: "connected" });
      w.beats(4);
      assert.equal(w.liveness, "live", w.trail.join(" "));
      const seen = w.trail.length;
      w.beats(50);
      assert.equal(w.trail.length, seen, w.trail.join(" "));
    }),
  );
});

test("what is not live always has a reason, and what is live has none", () => {
  fc.assert(
    fc.property(anyStory, (story) => {
      const w = world();
      for (const { waitMs, input } of story) {
        w.advance(waitMs);
        w.take(input);
        assert.equal(w.contact.reason === null, w.liveness === "live");
        assert.notEqual(w.contact.reason, "");
      }
    }),
  );
});
