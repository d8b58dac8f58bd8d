// What each verb of fvctl that changes something says, to people and for scripts, word for word beside what was recorded.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { OperationList } from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { assertRecorded, told } from "../helpers/fvctl-transcript.js";
import { FVCTL } from "../helpers/paths.js";
import { runProcess } from "../helpers/processes.js";
import { operationOf } from "../helpers/rolling.js";
import { tempDir } from "../helpers/temp-dir.js";

const SECTIONS = `
[program:api]
command = /bin/sleep 1000
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0
priority = 10

[program:crash]
command = /bin/sh -c "echo starting; echo cannot bind >&2; exit 3"
autostart = false
startretries = 0
`;

/** Says a command line, with what it reads, and keeps what it answers. Answers the first line on stdout. */
type Say = (args: readonly string[], stdin?: string) => Promise<string>;

test("every verb that changes something says what was recorded", async (t) => {
  const fleet = await startFleet(t, [
    { name: "web-1", labels: "role=web,dc=ams", sections: SECTIONS },
    { name: "web-2", labels: "role=web", sections: SECTIONS },
  ]);
  const { url } = fleet.controller;
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === 4);
  const sayAs = (steps: string[], env: Readonly<Record<string, string>>): Say => {
    return async (args, stdin = "") => {
      const finished = await runProcess(process.execPath, [FVCTL, ...args], { env, stdin });
      steps.push(told(args, finished, url));
      return finished.stdout.split("\n", 1)[0] ?? "";
    };
  };
  /** Says a command line for people and the same for scripts. */
  const both = async (say: Say, ...args: string[]) => {
    await say(args);
    await say([...args, "-o", "json"]);
  };
  const configFile = fleet.agent("web-1").configFile;
  const config = readFileSync(configFile, "utf8");
  const dir = tempDir(t);

  await t.test("people, grants and tokens", async () => {
    const steps: string[] = [];
    const say = sayAs(steps, fleet.ctlEnv);
    const password = "correct horse\n";
    await say(["users", "add", "alice", "--grant", "operator", "--on", "web-1/api:*", "--password-stdin"], password);
    await say(["users", "add", "ci", "--no-password", "-o", "json"]);
    await say(["users", "add", "ci", "--no-password"]);
    await say(["users", "add", "two words", "--no-password"]);
    await both(say, "users");
    await say(["users", "-o", "name"]);
    await say(["users", "password", "ci", "--password-stdin"], "short\n");
    await say(["users", "password", "ci", "--password-stdin"], password);
    await say(["users", "disable", "ci"]);
    await say(["users", "enable", "ci"]);
    await say(["grants", "add", "ci", "restart,logs", "web-*/api:*"]);
    await say(["grants", "add", "ci", "viewer", "state=FATAL"]);
    await say(["grants", "add", "ci", "owner", "all"]);
    await both(say, "grants", "add", "ci", "viewer", "role=web/crash");
    await both(say, "grants", "list", "ci");
    const { stdout } = await fleet.fvctl("grants", "list", "ci", "-o", "name");
    const [grant = ""] = stdout.split("\n");
    await say(["grants", "remove", grant]);
    await say(["grants", "remove", "none"]);
    await say(["explain", "restart", "web-1/crash", "-u", "alice"]);
    await say(["explain", "restart", "web-1/crash", "-u", "alice", "-o", "json"]);

    await say(["tokens", "add", "nightly"]);
    await say(["tokens", "add", "release", "--ttl", "30d"]);
    await say(["tokens", "add", "release", "--ttl", "12h", "-o", "json"]);
    await say(["tokens", "add", "release", "--ttl", "0"]);
    await say(["tokens", "add", "deploy", "--user", "ci"]);
    await say(["tokens", "add", "deploy", "--user", "ci", "--ttl", "1h", "-o", "json"]);
    await say(["tokens", "add", "deploy", "--user", "nobody"]);
    await both(say, "tokens");
    await both(say, "tokens", "list", "--all");
    const token = (await fleet.fvctl("tokens", "-o", "name")).stdout.trim().split("\n").at(-1) ?? "";
    await say(["tokens", "remove", token]);
    await both(say, "join-token", "--uses", "2", "--ttl", "2h");
    await both(say, "tokens", "list", "--join");
    const join1 = (await fleet.fvctl("tokens", "list", "--join", "-o", "name")).stdout.trim().split("\n").at(-1) ?? "";
    await say(["tokens", "remove", join1, "--join"]);
    await say(["tokens", "remove", "none", "--join"]);

    const sayAsAlice = sayAs(steps, { HOME: tempDir(t) });
    await sayAsAlice(["login", url, "-u", "alice", "--password-stdin"], "incorrect horse\n");
    await sayAsAlice(["login", url, "-u", "alice", "--password-stdin"], password);
    await sayAsAlice(["status", "-o", "name"]);
    await sayAsAlice(["restart", "web-1/crash"]);
    await sayAsAlice(["update", "web-1"]);
    await sayAsAlice(["users"]);
    await sayAsAlice(["tokens", "add", "mine", "--user", "ci"]);
    await sayAsAlice(["audit", "verify"]);
    await sayAsAlice(["logout"]);
    await sayAsAlice(["logout"]);
    await say(["users", "remove", "alice"]);
    await say(["users", "remove", "alice"]);
    assertRecorded("fvctl-fleet-people.txt", steps);
  });

  await t.test("orders to processes and instances, and operations", async () => {
    const steps: string[] = [];
    const say = sayAs(steps, fleet.ctlEnv);
    await both(say, "restart", "web-1/api:*", "--dry-run");
    await both(say, "restart", "web-*/api:*", "--dry-run", "--batch", "50%", "--pause", "5s");
    await say(["stop", "web-1/api:api-0"]);
    await both(say, "stop", "web-1/api:api-0");
    await both(say, "start", "web-1/api:api-0");
    await say(["restart", "web-*/api:*", "--batch", "2", "--wait", "running:1s"]);
    await say(["restart", "web-1/api:*", "--yes", "-o", "name"]);
    await both(say, "restart", "web-1/api:api-1");
    await both(say, "start", "web-1/crash");
    await say(["restart", "web-1/api:*", "--pause", "5s"]);
    await say(["restart", "web-1/api:*", "--batch", "0"]);
    await say(["restart", "all"]);
    await both(say, "signal", "CONT", "web-1/api:*");
    await say(["signal", "NOPE", "web-1/api:*"]);
    await both(say, "clear", "web-1/api:api-0");

    await both(say, "update", "web-1");
    writeFileSync(configFile, `${config}\n[program:new]\ncommand = /bin/sleep 1000\nstartsecs = 0\n`);
    await say(["update", "web-1"]);
    await say(["remove", "new", "web-1"]);
    await say(["stop", "web-1/new"]);
    await both(say, "remove", "new", "web-1");
    await both(say, "add", "new", "web-1");
    await say(["add", "none", "web-*"]);
    writeFileSync(configFile, `${config}\n[program:broken]\n`);
    await say(["update", "web-1"]);
    writeFileSync(configFile, config);
    await say(["update", "web-1", "--group", "new"]);
    await say(["reload", "web-2"]);
    await both(say, "reload", "web-2", "--yes");

    const id = await say(["restart", "web-1/api:*", "--batch", "1", "--pause", "10m", "--no-wait"]);
    await eventually(async () => (await operationOf(fleet.controller, id)).resumesAtMs != null);
    await both(say, "operations", "show", id.slice(0, 8));
    await both(say, "operations", "pause", id);
    await say(["operations", "resume", id, "-o", "json"]);
    await eventually(async () => (await operationOf(fleet.controller, id)).counts?.pending === 1);
    await both(say, "operations", "abort", id.slice(0, 12));
    await both(say, "operations", "watch", id);
    await say(["operations", "resume", id]);
    await say(["operations", "show", "zzzz"]);
    await say(["operations", "-n", "4"]);
    await say(["operations", "list", "-n", "1", "-o", "json"]);
    await say(["operations", "-n", "2", "-o", "name"]);

    await both(say, "shutdown", "web-2", "--yes");
    assertRecorded("fvctl-fleet-orders.txt", steps);
    const { items } = await fleet.controller.api.get<OperationList>(API_PATHS.operations);
    assert.ok(items.every(({ finishedAtMs }) => finishedAtMs !== null));
  });

  await t.test("what is kept, and what is not for a script", async () => {
    const steps: string[] = [];
    const say = sayAs(steps, fleet.ctlEnv);
    await eventually(async () => (await fleet.fvctl("audit", "-n", "1")).stdout.includes("operation.shutdown"));
    await both(say, "audit", "-n", "1");
    await say(["audit", "-n", "500", "--refused"]);
    await say(["audit", "--user", "alice", "--action", "request", "--text", "users"]);
    await say(["audit", "--user", "nobody-at-all"]);
    await say(["audit", "--action", "token.create", "--text", "of ci"]);
    await both(say, "audit", "verify");
    await say(["events", "--kind", "instance-up", "web-1/all", "-o", "json", "-n", "1"]);
    await say(["events", "--kind", "gap"]);
    await say(["events", "--kind", "nothing"]);
    await say(["events", "--cause", "order", "--user", "nobody"]);
    await say(["events", "--help"]);
    await say(["operations", "list", "--state", "aborted"]);
    await say(["operations", "list", "--state", "begun"]);
    await say(["operations", "list", "--user", "alice"]);
    const file = join(dir, "fleet.db");
    await say(["backup", file]);
    await say(["backup", file]);
    await say(["instances", "remove", "web-2"]);
    await say(["instances", "remove", "web-2", "--yes"]);
    await say(["instances", "remove", "web-2", "--yes"]);
    await say(["shell"], "# nothing\nstatus -o name web-1/crash\n\nfrobnicate\nquit\nstatus\n");
    await say(["top"]);
    await say(["status", "--watch"]);
    await say(["completion", "bash"]);
    await say(["completion", "zsh"]);
    await say(["help", "selectors"]);
    await say(["help", "environment"]);
    await say(["help", "nothing"]);
    await say(["help", "tail"]);
    await say(["operations", "pause", "--help"]);
    assertRecorded("fvctl-fleet-rest.txt", steps);
  });
});
