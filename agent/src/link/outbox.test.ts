// The outbox keeps what is not committed, in order, and says what it had to drop.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Outbox } from "./outbox.js";

const body = (name: string) => ({ $case: "processRemoved", value: { group: "g", name } }) as const;
const fill = (outbox: Outbox, count: number) => {
  for (let n = 0; n < count; n++) outbox.append(n, body(`p${n}`));
};

test("what is acknowledged is freed, what is not is sent again in order", () => {
  const outbox = new Outbox();
  fill(outbox, 5);
  outbox.ack(3);
  assert.deepEqual(
    outbox.after(0, 10).map((report) => report.seq),
    [4, 5],
  );
  assert.equal(outbox.firstUnackedSeq, 4);
});

test("an acknowledgement repeated or older than the last frees nothing more", () => {
  const outbox = new Outbox();
  fill(outbox, 3);
  outbox.ack(2);
  outbox.ack(1);
  outbox.ack(2);
  assert.equal(outbox.size, 1);
});

test("a full outbox drops the oldest and puts one gap in their place", () => {
  const outbox = new Outbox([], { reports: 10, tailed: 5 });
  fill(outbox, 25);
  const [gap, ...rest] = outbox.after(0, 100);
  assert.equal(gap?.body?.$case, "gap");
  assert.deepEqual(gap?.body?.value, { firstSeq: 1, lastSeq: gap?.seq });
  assert.deepEqual(
    rest.map((report) => report.seq),
    Array.from({ length: rest.length }, (_, index) => (gap?.seq ?? 0) + 1 + index),
  );
  assert.equal(rest[rest.length - 1]?.seq, 25);
});

test("whatever is appended and acknowledged, numbers ascend without a hole that no gap explains", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constant("append"), fc.nat(60)), { maxLength: 200 }), (steps) => {
      const outbox = new Outbox([], { reports: 12, tailed: 5 });
      let acked = 0;
      for (const step of steps) {
        if (step === "append") outbox.append(0, body("p"));
        else {
          acked = Math.max(acked, Math.min(Number(step), outbox.lastSeq));
          outbox.ack(acked);
        }
      }
      let known = acked;
      for (const report of outbox.after(acked, 1000)) {
        const first = report.body?.$case === "gap" ? report.body.value.firstSeq : report.seq;
        assert.ok(first <= known + 1 && report.seq > known, `${first}..${report.seq} after ${known}`);
        known = report.seq;
      }
      assert.equal(known, Math.max(acked, outbox.lastSeq));
      assert.ok(outbox.size <= 12);
    }),
  );
});

test("of old reports the last lines go before the events do", () => {
  const outbox = new Outbox([], { reports: 100, tailed: 3 });
  const end = {
    ...{ pid: 1, exit: undefined, uptimeMs: 1, cpuMs: 1, peakMemoryBytes: 1, oomKilled: false },
    ...{ stdoutTail: Buffer.from("out"), stderrTail: Buffer.from("err") },
  };
  for (let n = 0; n < 10; n++) {
    outbox.append(n, { $case: "stateChange", value: { fromState: "RUNNING", process: undefined, end, orderId: "" } });
  }
  const tails = outbox
    .after(0, 100)
    .map(({ body }) => (body?.$case === "stateChange" ? body.value.end?.stdoutTail.toString() : null));
  assert.deepEqual(tails, [...Array<string>(7).fill(""), "out", "out", "out"]);
});
