// What each verb of fvctl that only looks says of a fleet, as a table and for scripts, word for word beside what was recorded.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { type Fleet, startFleet } from "../helpers/fleet.js";
import { assertRecorded, told } from "../helpers/fvctl-transcript.js";
import { FVCTL } from "../helpers/paths.js";
import { runProcess } from "../helpers/processes.js";
import { tempDir } from "../helpers/temp-dir.js";

const SECTIONS = `
[program:api]
command = /bin/sh -c "echo ready; echo 'listening on 80' >&2; exec sleep 1000"
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0
priority = 10

[program:crash]
command = /bin/sh -c "echo starting; echo cannot bind >&2; exit 3"
autostart = false
startretries = 0
`;

/** Each with what has to be so before it is run. */
const STEPS: readonly (readonly string[])[] = [
  ["status"],
  ["status", "-o", "wide", "web-1/api:api-0"],
  ["status", "-o", "json", "web-1/crash"],
  ["status", "-o", "ndjson", "web-1/crash"],
  ["status", "-o", "name", "--sort", "state"],
  ["status", "web-*/all", "--filter", "state=FATAL", "--filter", "role=web"],
  ["status", "web-1/all", "web-9/all"],
  ["instances"],
  ["instances", "list", "web-*", "--filter", "role=web", "-o", "json"],
  ["instances", "list", "-o", "wide"],
  ["instances", "list", "db-*"],
  ["history", "web-1/crash"],
  ["history", "web-1/crash", "--words", "-n", "1"],
  ["history", "web-1/crash", "-o", "json"],
  ["history", "web-1/api:*"],
  ["history", "web-1/nope"],
  ["events", "web-1/crash"],
  ["events", "web-1/crash", "-n", "1", "-o", "json"],
  ["tail", "web-1/crash", "stderr"],
  ["logs", "web-1/all"],
  ["logs", "web-1/crash", "--channel", "both"],
  ["logs", "web-1/crash", "-o", "ndjson"],
  ["grep", "^(ready|start)", "web-1/all"],
  ["grep", "-F", "bind", "web-1/all", "--channel", "stderr", "-o", "json"],
  ["grep", "READY", "web-1/all"],
  ["pid"],
  ["pid", "web-1/all"],
  ["pid", "web-1/crash", "-o", "json"],
  ["pid", "web-1/api:api-0", "-o", "name"],
  ["version"],
  ["version", "-o", "json"],
  ["open", "web-1/api:api-0"],
  ["open", "web-1"],
  ["open", "state=FATAL", "--print"],
  ["open"],
  ["open", "nowhere"],
  ["avail", "web-1"],
  ["avail", "web-1", "-o", "json"],
  ["avail", "web-9"],
  ["reread", "web-*"],
  ["reread", "web-1", "-o", "ndjson"],
  ["reread", "web-1", "-o", "json"],
  ["maintail", "-30", "web-1"],
  ["maintail", "web-9"],
  ["explain", "restart", "web-1/api:api-0"],
  ["explain", "restart", "web-1/api:api-0", "-o", "json"],
  ["users"],
  ["grants"],
  ["help", "exit-codes"],
  ["help", "output"],
  ["completion", "fish"],
  ["status", "-o", "yaml"],
  ["status", "--sort", "size"],
  ["status", "--filter", "FATAL"],
  ["instances", "web-1/api"],
  ["top", "--interval", "0"],
  ["completion", "csh"],
];

test("every verb says what was recorded", async (t) => {
  const fleet = await startFleet(t, [
    { name: "web-1", labels: "role=web,dc=ams", sections: SECTIONS },
    { name: "web-2", labels: "role=web", sections: SECTIONS },
  ]);
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === 4);
  await fleet.fvctl("start", "web-1/crash");
  await eventually(async () => (await fleet.processes("web-1/crash"))[0]?.state === "FATAL");
  const configFile = fleet.agent("web-1").configFile;
  writeFileSync(configFile, `${readFileSync(configFile, "utf8")}\n[program:new]\ncommand = /bin/sleep 1\n`);

  const steps: string[] = [];
  for (const args of STEPS) steps.push(told(args, await fleet.fvctl(...args), fleet.controller.url));
  assertRecorded("fvctl-fleet.txt", steps);

  await t.test("backup: whole or not at all, and never over what is there", (sub) => backup(sub, fleet));
  await t.test("maintail -f follows until Ctrl-C", async () => {
    const { stdout } = await runProcess(
      "/bin/sh",
      ["-c", '"$0" "$1" maintail -f web-1 & sleep 2; kill -INT $!; wait $!; echo "status $?"', process.execPath, FVCTL],
      { env: fleet.ctlEnv },
    );
    assert.match(stdout, /INFO.*\n(.*\n)*status 0\n$/);
  });
  await t.test("instances remove --yes", async () => {
    const removed = await fleet.fvctl("instances", "remove", "web-2", "--yes");
    assert.deepEqual([removed.code, removed.stdout], [0, ""]);
    assert.match(removed.stderr, /^fvctl: web-2 is removed; its agent is refused until it joins with a new token\n$/);
    assert.equal((await fleet.fvctl("instances", "-o", "name")).stdout, "web-1\n");
  });
});

async function backup(t: TestContext, { fvctl, ctlEnv }: Fleet): Promise<void> {
  const file = join(tempDir(t), "fleet.db");
  const saved = await fvctl("backup", file);
  assert.equal(saved.code, 0, saved.stderr);
  assert.match(saved.stderr, /^fvctl: [\d.]+ (KB|MB) saved in \S+\n$/);
  assert.equal(readFileSync(file).subarray(0, 15).toString(), "SQLite format 3");
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const again = await fvctl("backup", file);
  assert.deepEqual([again.code, again.stdout], [1, ""]);
  assert.match(again.stderr, /is there already/);
  const nowhere = await fvctl("backup", join(file, "below"));
  assert.notEqual(nowhere.code, 0);
  assert.ok(!existsSync(`${file}.partial`));
  const piped = await runProcess("/bin/sh", ["-c", '"$0" "$1" backup - | head -c 15', process.execPath, FVCTL], {
    env: ctlEnv,
  });
  assert.equal(piped.stdout, "SQLite format 3");
}
