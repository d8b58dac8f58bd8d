// What the reserve holds after a crash goes to the store once, however far an earlier start had come with it.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { pino } from "pino";
import type { AuditRecord } from "./records.js";
import { Reserve } from "./reserve.js";
import { stillUnwritten, Unwritten } from "./unwritten.js";

const row = (subject: string): AuditRecord => ({
  ...{ atMs: 1, actor: "ann", action: "login", subject, outcome: "refused", address: "127.0.0.1" },
});
const rows = (subjects: string) => [...subjects].map(row);
const subjectsOf = (records: readonly AuditRecord[]) => records.map(({ subject }) => subject).join("");

test("rows that an earlier start brought to the audit are those that the audit ends in and the rest begins with", () => {
  const left = (audit: string, kept: string) => subjectsOf(stillUnwritten(rows(kept), rows(audit).reverse()));
  assert.equal(left("", "abc"), "abc", "an empty audit");
  assert.equal(left("xyz", "abc"), "abc", "none of them");
  assert.equal(left("xya", "abc"), "bc");
  assert.equal(left("xyzabc", "abc"), "", "all of them");
  assert.equal(left("ab", "abc"), "c", "there is nothing else in it");
  assert.equal(left("xaa", "aab"), "b", "rows that are alike are told apart by how many there are");
  assert.equal(left("abx", "abc"), "abc", "something came after them: they are others");
});

test("a crash at any moment of bringing rows to the audit neither loses nor doubles one", async (t) => {
  for (let crashAfter = 0; crashAfter <= 4; crashAfter++) {
    const dir = mkdtempSync(join(tmpdir(), "fv-unwritten-"));
    t.after(() => rmSync(dir, { recursive: true, force: true }));
    const audit: AuditRecord[] = rows("xy");
    /** One start of the controller, whose store takes so many rows before it stops answering for good. */
    const life = async (takes: number) => {
      const reserve = new Reserve(dir);
      await reserve.start();
      t.after(() => reserve.stop());
      let done: () => void = () => {};
      const settled = new Promise<void>((resolve) => {
        done = resolve;
      });
      let taken = 0;
      const unwritten = new Unwritten({
        log: pino({ level: "silent" }),
        reserve,
        writeOperation: async () => {},
        async writeAudit(record) {
          if (taken === takes) {
            done();
            await new Promise(() => {});
          }
          taken += 1;
          audit.push(record);
        },
        readAudit: async (limit) => audit.slice(-limit).reverse(),
      });
      return { unwritten, settled, reserve };
    };
    const first = await life(crashAfter);
    const kept = rows("abcd").map((record) => first.unwritten.keepAudit(record));
    await Promise.all(kept);
    // The last row taken may leave the reserve before the crash or not: here the crash comes first.
    if (crashAfter < 4) await first.settled;
    await first.reserve.stop();

    const second = await life(Number.POSITIVE_INFINITY);
    second.unwritten.recall();
    for (let turn = 0; turn < 1_000 && second.unwritten.hasAudit; turn++) await new Promise(setImmediate);
    assert.equal(subjectsOf(audit), "xyabcd", `after ${crashAfter} rows`);
    await second.reserve.stop();
  }
});
