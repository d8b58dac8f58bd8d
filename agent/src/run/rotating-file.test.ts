// What a log file keeps of a descriptor whose close fails, as on a full disk over the network: nothing.
import assert from "node:assert/strict";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { mock, test } from "node:test";
import { RotatingFile } from "./rotating-file.js";

test("a log whose close fails is let go of, and what comes next is written to nobody else's descriptor", (t) => {
  const dir = fs.mkdtempSync(join(fs.realpathSync("/tmp"), "rotating-file-"));
  const closeSync = fs.closeSync;
  t.after(() => {
    mock.restoreAll();
    syncBuiltinESMExports();
    fs.rmSync(dir, { recursive: true });
  });
  const problems: string[] = [];
  const path = join(dir, "log");
  const log = new RotatingFile(path, { maxBytes: 0, backups: 0 }, (problem) => problems.push(problem));
  log.open();
  log.write(Buffer.from("one\n"));
  mock.method(fs, "closeSync", (fd: number) => {
    closeSync(fd);
    throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  });
  syncBuiltinESMExports();
  log.close();
  mock.restoreAll();
  syncBuiltinESMExports();
  const strangers = fs.openSync(join(dir, "stranger"), "w");
  log.write(Buffer.from("lost\n"));
  log.open();
  log.write(Buffer.from("two\n"));
  log.close();
  fs.closeSync(strangers);
  assert.equal(fs.readFileSync(join(dir, "stranger"), "utf8"), "");
  assert.equal(fs.readFileSync(path, "utf8"), "one\ntwo\n");
  assert.deepEqual(problems, [`cannot write log ${path}: ENOSPC`]);
});
