// The reading ends of channels, on real pipes.
import assert from "node:assert/strict";
import { closeSync, fstatSync, writeSync } from "node:fs";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Libc } from "./libc.js";
import { OutputPipes } from "./output-pipes.js";

function isOpen(fd: number): boolean {
  try {
    fstatSync(fd);
    return true;
  } catch {
    return false;
  }
}

test("an output that has ended takes nothing from whatever is opened under its number next", async () => {
  const libc = new Libc();
  const pipe = libc.pipe();
  const taken: string[] = [];
  const output = new OutputPipes(libc).open(pipe.read, (chunk) => taken.push(String(chunk)), {
    prompt: true,
    isHeld: () => false,
  });
  await nextTurn();
  writeSync(pipe.write, "own");
  closeSync(pipe.write);
  // Between the end of the output and the news of it, in which a child's death may be told too.
  while (isOpen(pipe.read)) await nextTurn();
  const next = libc.pipe();
  try {
    assert.equal(next.read, pipe.read);
    writeSync(next.write, "somebody else's");
    output.drainAndClose();
    assert.deepEqual(taken, ["own"]);
    assert.ok(isOpen(next.read));
    const left = Buffer.alloc(100);
    assert.equal(left.toString("utf8", 0, libc.read(next.read, left)), "somebody else's");
  } finally {
    closeSync(next.read);
    closeSync(next.write);
  }
});
