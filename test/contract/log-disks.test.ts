// Log files in the hands of a disk's thread: as from the main thread, whole and in order when a call returns.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startDiskThread } from "../../agent/src/run/disk-thread-start.js";
import { LogDisks } from "../../agent/src/run/log-disks.js";
import { eventually } from "../helpers/eventually.js";
import { defer, type Scope } from "../helpers/scope.js";
import { tempDir } from "../helpers/temp-dir.js";

/** Logs of which every one is on a disk that may hang. */
function world(t: Scope) {
  const dir = tempDir(t);
  const problems: string[] = [];
  const say = (message: string) => void problems.push(message);
  const disks = new LogDisks(say, { startThread: startDiskThread, diskOf: () => "8:0" });
  defer(t, async () => void (await disks.stop()));
  return {
    dir,
    problems,
    disks,
    read: (name: string) => readFileSync(join(dir, name), "utf8"),
    sink: (name: string, maxBytes = 0, backups = 0) => disks.sink(join(dir, name), { maxBytes, backups }, say),
  };
}

test("what was written is in the file when it is closed or settled, cleared when it was cleared", async (t) => {
  const w = world(t);
  const [a, b] = [w.sink("a.log"), w.sink("b.log")];
  a.open();
  b.open();
  for (let i = 0; i < 1000; i++) (i % 2 === 0 ? a : b).write(Buffer.from(`${i}\n`));
  assert.equal(a.settle(), true);
  assert.equal(w.read("a.log").trim().split("\n").length, 500);
  assert.equal(w.read("b.log").trim().split("\n").at(-1), "999");
  a.clear();
  assert.equal(w.read("a.log"), "");
  a.write(Buffer.alloc(300_000, "x"));
  a.close();
  assert.equal(w.read("a.log").length, 300_000);
  a.write(Buffer.from("not any more"));
  assert.equal(await w.disks.stop(), true);
  assert.equal(w.read("a.log").length, 300_000);
  assert.deepEqual(w.problems, []);
});

test("a log rotates, and is opened again by name", (t) => {
  const w = world(t);
  const log = w.sink("a.log", 10, 2);
  log.open();
  for (const text of ["0123456789", "abcdefghij", "ABCDEFGHIJ", "rest"]) log.write(Buffer.from(text));
  log.settle();
  assert.deepEqual(readdirSync(w.dir).sort(), ["a.log", "a.log.1", "a.log.2"]);
  assert.deepEqual([w.read("a.log"), w.read("a.log.1"), w.read("a.log.2")], ["rest", "ABCDEFGHIJ", "abcdefghij"]);
  renameSync(join(w.dir, "a.log"), join(w.dir, "moved"));
  log.reopen();
  log.write(Buffer.from("new"));
  log.settle();
  assert.deepEqual([w.read("moved"), w.read("a.log")], ["rest", "new"]);
});

test("what the system says to an open, a creation and a removal is thrown", (t) => {
  const w = world(t);
  mkdirSync(join(w.dir, "folder"));
  assert.throws(() => w.sink("folder").open(), { code: "EISDIR" });
  assert.throws(() => w.sink("nowhere/a.log").open(), { code: "ENOENT" });
  w.disks.create(join(w.dir, "auto.log"));
  assert.equal(statSync(join(w.dir, "auto.log")).mode & 0o777, 0o600);
  assert.throws(() => w.disks.create(join(w.dir, "auto.log")), { code: "EEXIST" });
  assert.deepEqual(w.problems, []);
});

test("AUTO logs of an earlier daemon are removed before new ones are made", (t) => {
  const w = world(t);
  for (const name of ["a-stdout---me-abcdefgh.log", "a-stdout---you-abcdefgh.log"])
    writeFileSync(join(w.dir, name), "");
  w.disks.removeStale(w.dir, "me", assert.fail);
  w.disks.create(join(w.dir, "b-stdout---me-abcdefgh.log"));
  assert.deepEqual(readdirSync(w.dir).sort(), ["a-stdout---you-abcdefgh.log", "b-stdout---me-abcdefgh.log"]);
});

test("a log whose directory is gone says so once", async (t) => {
  const w = world(t);
  mkdirSync(join(w.dir, "logs"));
  const log = w.sink("logs/a.log", 5, 1);
  log.open();
  renameSync(join(w.dir, "logs"), join(w.dir, "away"));
  for (let i = 0; i < 5; i++) log.write(Buffer.from("0123456789"));
  await eventually(() => w.problems.length > 0);
  log.close();
  assert.match(w.problems.join("\n"), /^cannot open log .*a\.log: ENOENT$/);
  assert.equal(existsSync(join(w.dir, "logs")), false);
});
