import assert from "node:assert/strict";
import { mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Reserve } from "./reserve.js";

function dataDir(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "fv-reserve-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

async function opened(t: TestContext, dir: string): Promise<Reserve> {
  const reserve = new Reserve(dir);
  await reserve.start();
  t.after(() => reserve.stop());
  return reserve;
}

test("what was written last is read at the next start, and the file does not grow", async (t) => {
  const dir = dataDir(t);
  const first = await opened(t, dir);
  assert.equal(first.text, "");
  const { size, mode } = statSync(join(dir, "reserve"));
  assert.equal(mode & 0o777, 0o600);
  for (const text of ["one", "two", "three ä ☃"]) await first.write(text);
  await first.stop();
  const again = await opened(t, dir);
  assert.equal(again.text, "three ä ☃");
  await again.write("");
  assert.equal((await opened(t, dir)).text, "");
  assert.equal(statSync(join(dir, "reserve")).size, size);
});

test("of a writing that a crash cut short the one before is left", async (t) => {
  const dir = dataDir(t);
  const first = await opened(t, dir);
  await first.write("one");
  const before = readFileSync(join(dir, "reserve"));
  await first.write("two");
  const after = readFileSync(join(dir, "reserve"));
  await first.stop();
  const changed = [...after.keys()].filter((at) => after[at] !== before[at]);
  for (const kept of [0, 1, 8, 20, changed.length - 1]) {
    writeFileSync(join(dir, "reserve"), before);
    const file = openSync(join(dir, "reserve"), "r+");
    for (const at of changed.slice(0, kept)) writeSync(file, after, at, 1, at);
    assert.equal((await opened(t, dir)).text, "one", `${kept} bytes of ${changed.length}`);
  }
});

test("too much is refused and leaves what was there; rubbish in the file is nothing", async (t) => {
  const dir = dataDir(t);
  const reserve = await opened(t, dir);
  await reserve.write("one");
  await assert.rejects(reserve.write("x".repeat(1024 * 1024)), { kind: "too-large" });
  assert.equal((await opened(t, dir)).text, "one");
  writeFileSync(join(dir, "reserve"), Buffer.alloc(3_000, 0xff));
  const anew = await opened(t, dir);
  assert.equal(anew.text, "");
  await anew.write("two");
  assert.equal((await opened(t, dir)).text, "two");
});
