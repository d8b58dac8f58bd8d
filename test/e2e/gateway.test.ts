// Small grants at the real supervisorctl, through the controller to a real agent, and what audit and history say of it.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { AuditPage } from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { addUser, gatewayConfig } from "../helpers/gateway.js";
import { without } from "../helpers/needs.js";
import { runProcess } from "../helpers/processes.js";
import { tempDir } from "../helpers/temp-dir.js";
import { normalise } from "../helpers/transcript.js";

const skip = without("supervisorctl");

const SECTIONS = `
[program:cat]
command = /bin/cat
startsecs = 0

[group:pair]
programs = left,right

[program:left]
command = /bin/sleep 1000
startsecs = 0

[program:right]
command = /bin/sleep 1000
startsecs = 0

[program:idle]
command = /bin/sleep 1000
autostart = false
`;

test("supervisorctl of somebody with small grants shows and does just that", { skip }, async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", labels: "role=web", sections: SECTIONS }]);
  const { url, api } = fleet.controller;
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === 3);
  const token = await addUser(
    api,
    "ann",
    { verbs: ["stop", "start"], selector: "role=web/pair:left" },
    { verbs: ["logs"], selector: "role=web/pair:right" },
  );
  const dir = tempDir(t);
  const file = join(dir, "ann.conf");
  writeFileSync(file, gatewayConfig(url, "web1", "ann", token), { mode: 0o600 });
  const run = async (line: string) => {
    const { stdout, stderr, code } = await runProcess("supervisorctl", ["-c", file, ...line.split(" ")], { cwd: dir });
    return `${normalise(stdout, [[url, "URL"]])}${normalise(stderr, [[url, "URL"]])}${code}`;
  };

  const status =
    "pair:left                        RUNNING   pid PID, uptime UPTIME\npair:right                       RUNNING   pid PID, uptime UPTIME\n";
  assert.equal(await run("status"), `${status}0`);
  assert.equal(await run("status cat"), "cat: ERROR (no such process)\n4");
  assert.equal(
    (await run("avail")).replace(/ +/g, " "),
    "pair:left in use auto 999:999\npair:right in use auto 999:999\n0",
  );
  assert.equal(await run("stop pair:left"), "pair:left: stopped\n0");
  assert.equal(await run("start pair:left"), "pair:left: started\n0");
  for (const name of ["cat", "nope"]) {
    assert.equal(await run(`stop ${name}`), `${name}: ERROR (no such process)\n1`);
    assert.equal(await run(`start ${name}:*`), `${name}: ERROR (no such group)\n2`);
    assert.equal(
      await run(`tail -f ${name}`),
      `==> Press Ctrl-C to exit <==\nURL/logtail/${name}/stdout Cannot read, status code 404\n0`,
    );
  }
  assert.equal(await run("stop pair:right"), "FAILED: ann may not stop web1/pair:right\n1");
  assert.match(await run("stop all"), /FAILED: ann may not stop web1\/pair:right/);
  assert.match(await run("shutdown"), /<Fault 30: 'FAILED: ann may not configure web1 as a whole'>/);
  assert.match(await run("reread"), /<Fault 30: 'FAILED: ann may not configure web1 as a whole'>/);
  assert.equal(await run("tail pair:right"), "\n0");
  assert.match(await run("tail pair:left"), /FAILED|unknown error/);
  assert.match(await run("maintail -f"), /status code 403/);

  const events = (await fleet.history("web1/pair:left")).filter(({ kind }) => kind === "process-state");
  assert.deepEqual(events.map(({ toState, user }) => [toState, user]).slice(-4), [
    ["STOPPING", "ann"],
    ["STOPPED", "ann"],
    ["STARTING", "ann"],
    ["RUNNING", "ann"],
  ]);
  const { items } = await api.get<AuditPage>(API_PATHS.audit, { limit: 100 });
  const told = items
    .filter(({ actor }) => actor === "ann")
    .map(({ action, subject, outcome }) => `${action} ${subject} ${outcome}`);
  assert.ok(told.includes("xmlrpc.stopProcess web1/pair:left done"), told.join("\n"));
  assert.ok(told.includes("xmlrpc.stopProcess web1/pair:right refused"), told.join("\n"));
  assert.ok(told.includes("xmlrpc.shutdown web1 refused"), told.join("\n"));
  assert.ok(!told.some((row) => row.includes(token)));
});

test("who has a whole instance shut down is named in its history", { skip }, async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", sections: SECTIONS }]);
  const { url, api } = fleet.controller;
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === 3);
  const token = await addUser(api, "bob", { role: "admin", selector: "web1/all" });
  const ctl = ["-s", url, "-u", "bob@web1", "-p", token];
  const down = await runProcess("supervisorctl", [...ctl, "shutdown"]);
  assert.deepEqual([down.stdout, down.code], ["Shut down\n", 0]);
  await fleet.agent("web1").process.ended;
  const status = await runProcess("supervisorctl", [...ctl, "status"]);
  assert.match(status.stdout, /<Fault 30: 'FAILED: web1: /);
  const stopped = await eventually(async () => {
    const events = (await fleet.history("web1/all")).filter(({ toState }) => toState === "STOPPED");
    return events.length === 3 && events;
  });
  assert.deepEqual(
    stopped.map(({ user }) => user),
    ["bob", "bob", "bob"],
  );
});
