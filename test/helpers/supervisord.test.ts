// The test helpers themselves, against the real supervisord.
import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually } from "./eventually.js";
import { without } from "./needs.js";
import { program } from "./paths.js";
import { isAlive } from "./proc.js";
import { startDaemon } from "./supervisord.js";

test("a daemon of a test runs its programs, answers, and is gone with them afterwards", {
  skip: without("supervisord", "supervisorctl"),
}, async (t) => {
  let pids: number[] = [];
  await t.test("while it runs", async (inner) => {
    const daemon = await startDaemon(inner, {
      kind: "supervisord",
      sections: `[program:trail]\ncommand = ${program("leaves-a-trail.sh")} {dir}/trail\nstartsecs = 0\n`,
    });
    const child = await eventually(async () => {
      const info = await daemon.info("trail");
      return info.statename === "RUNNING" && info;
    });
    pids = [daemon.pid, Number(child.pid)];
    assert.deepEqual(pids.map(isAlive), [true, true]);
    const status = await daemon.ctl("status");
    assert.match(status.stdout, /^trail +RUNNING +pid \d+/);
    assert.equal(status.code, 0);
  });
  assert.deepEqual(pids.map(isAlive), [false, false]);
});
