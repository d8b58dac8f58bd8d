// What of a batch is new: replays, holes and gaps in any order.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { admit } from "./intake.js";
import { lastSeqOf, type Report } from "./rows.js";

const report = (seq: number): Report => ({ seq, atMs: seq * 10, fact: { type: "unknown" } });
const gap = (seq: number, first: number, last: number): Report => ({
  seq,
  atMs: seq * 10,
  fact: { type: "gap", first, last },
});
const seqs = (reports: readonly Report[]) => reports.map(({ seq }) => seq);

test("a replay is left out and what follows it is taken", () => {
  const { accepted, missing, through } = admit(5, [3, 4, 5, 6, 7].map(report));
  assert.deepEqual([seqs(accepted), missing, through], [[6, 7], [], 7]);
});

test("numbers that were skipped are named with the time they were noticed", () => {
  assert.deepEqual(admit(1, [report(2), report(5)]).missing, [{ first: 3, last: 4, atMs: 50 }]);
});

test("a gap that the agent tells of is not missing a second time", () => {
  const { accepted, missing, through } = admit(1, [gap(9, 2, 8), report(10)]);
  assert.deepEqual([seqs(accepted), missing, through], [[9, 10], [], 10]);
  assert.deepEqual(admit(1, [gap(9, 4, 8)]).missing, [{ first: 2, last: 3, atMs: 90 }]);
});

test("a gap that reaches over reports which came is told without them", () => {
  const { accepted, missing } = admit(5, [gap(9, 2, 8)]);
  assert.deepEqual([accepted.map(({ fact }) => fact), missing], [[{ type: "gap", first: 6, last: 8 }], []]);
});

const anyReport = fc.oneof(
  fc.nat(30).map(report),
  fc
    .record({ seq: fc.nat(30), first: fc.nat(30), last: fc.nat(30) })
    .map(({ seq, first, last }) => gap(seq, first, last)),
);
const anyBatches = fc.array(fc.array(anyReport, { maxLength: 6 }), { maxLength: 12 });

test("however batches come, each number is taken once, in order, or told as missing", () => {
  fc.assert(
    fc.property(anyBatches, (batches) => {
      let through = 0;
      let reached = 0;
      for (const batch of batches) {
        const admission = admit(through, batch);
        assert.ok(admission.through >= through);
        const told = [
          ...admission.missing.map(({ first, last }) => ({ first, last })),
          ...admission.accepted.map((one) => ({ first: reached, last: lastSeqOf(one) })),
        ].sort((a, b) => a.last - b.last);
        for (const { first, last } of told) {
          assert.ok(last > reached && first <= reached + 1, `${first}-${last} after ${reached}`);
          reached = last;
        }
        assert.equal(reached, admission.through);
        for (const { first, last } of admission.missing) assert.ok(first <= last);
        through = admission.through;
        assert.deepEqual(admit(through, batch).accepted, []);
      }
    }),
  );
});
