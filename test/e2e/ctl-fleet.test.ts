// fvctl over the fleet: the built command against a real controller with one real agent, every verb and what goes wrong.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { ApiTokenList, HistoryEvent, Instance, Operation, Process } from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { type Fleet, startFleet } from "../helpers/fleet.js";
import { FVCONTROLLER, FVCTL, program } from "../helpers/paths.js";
import { freePort } from "../helpers/ports.js";
import { type Finished, runProcess, startProcess } from "../helpers/processes.js";
import { tempDir } from "../helpers/temp-dir.js";

const SECTIONS = `
[program:api]
command = ${program("counts.sh")} 2
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0

[program:clock]
command = ${program("counts.sh")}
startsecs = 0

[program:crash]
command = /bin/sh -c "echo cannot bind >&2; exit 3"
autostart = false
startretries = 0

[program:gone]
command = /nowhere/to/be/found
autostart = false
startretries = 0

[program:stubborn]
command = ${program("ignores-term.sh")}
autostart = false
startsecs = 0
stopwaitsecs = 3

[program:later]
command = ${program("counts.sh")} 2
autostart = false
startsecs = 0
`;

interface Items<T> {
  readonly items: readonly T[];
}

function read<T>(finished: Finished): T {
  return JSON.parse(finished.stdout) as T;
}

/** Lines of a table below its heading, each by its columns. */
function rows({ stdout }: Finished): string[][] {
  const [, ...lines] = stdout.trimEnd().split("\n");
  return lines.map((line) => line.split(/ {2,}/));
}

function said(finished: Finished) {
  return { code: finished.code, stdout: finished.stdout, stderr: finished.stderr };
}

const NAMES = ["web-1/api:api-0", "web-1/api:api-1", "web-1/clock:clock"];
const IDLE = ["web-1/crash:crash", "web-1/gone:gone", "web-1/later:later", "web-1/stubborn:stubborn"];

test("fvctl over a fleet", async (t) => {
  const fleet = await startFleet(t, [{ name: "web-1", labels: "role=web,dc=ams", sections: SECTIONS }]);
  const { fvctl } = fleet;
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === NAMES.length);
  const pidOf = async (target: string) => (await fleet.processes(target))[0]?.pid ?? 0;

  await t.test(
    "status: a table for people, one document, lines or names for scripts; 3 when something is down",
    async () => {
      const table = await fvctl("status");
      assert.equal(table.code, 3);
      assert.match(table.stdout, /^TARGET +STATE +DESCRIPTION\n/);
      assert.deepEqual(
        rows(table).map(([target, state]) => [target, state]),
        [...NAMES.map((name) => [name, "RUNNING"]), ...IDLE.map((name) => [name, "STOPPED"])],
      );
      const [, , description] = rows(table)[0] ?? [];
      assert.match(description ?? "", /^pid \d+, uptime \d:\d\d:\d\d$/);
      assert.equal(rows(table).at(-1)?.[2], "Not started");

      const json = await fvctl("status", "web-*/api:*", "-o", "json");
      assert.equal(json.code, 0);
      assert.deepEqual(
        read<Items<Process>>(json).items.map(({ target, pid }) => [target, typeof pid]),
        NAMES.slice(0, 2).map((name) => [name, "number"]),
      );
      const lines = await fvctl("-o", "ndjson", "status", "role=web/clock");
      assert.deepEqual(
        lines.stdout
          .trimEnd()
          .split("\n")
          .map((line) => (JSON.parse(line) as Process).target),
        ["web-1/clock:clock"],
      );
      assert.equal((await fvctl("status", "-o", "name", "state=STOPPED")).stdout, `${IDLE.join("\n")}\n`);
    },
  );

  await t.test("instances: liveness, counts by state, labels", async () => {
    const [row] = rows(await fvctl("instances"));
    assert.deepEqual(
      [row?.[0], row?.[1], row?.[4], row?.[5]],
      ["web-1", "live", "4 STOPPED, 3 RUNNING", "role=web dc=ams"],
    );
    assert.equal(read<Items<Instance>>(await fvctl("instances", "-o", "json")).items[0]?.name, "web-1");
  });

  await t.test("stop, start, restart and signal say a result for each target", async () => {
    const before = await pidOf(NAMES[0] ?? "");
    const stopped = await fvctl("stop", "web-1/api:*");
    assert.equal(stopped.code, 0, stopped.stderr);
    assert.deepEqual(
      rows(stopped).toSorted(),
      NAMES.slice(0, 2).map((name) => [name, "stopped"]),
    );
    const again = await fvctl("stop", "role=web/api:*");
    assert.equal(again.code, 0, "what is down already is no failure");
    assert.deepEqual(
      rows(again).toSorted(),
      NAMES.slice(0, 2).map((name) => [name, "unchanged", "not running"]),
    );
    assert.deepEqual(rows(await fvctl("start", "web-1/api:*", "web-1/clock")), [
      ...NAMES.slice(0, 2).map((name) => [name, "started"]),
      ["web-1/clock:clock", "unchanged", "already started"],
    ]);
    const now = await pidOf(NAMES[0] ?? "");
    assert.notEqual(now, before);
    const restarted = read<Operation>(await fvctl("restart", NAMES[0] ?? "", "-o", "json"));
    assert.deepEqual([restarted.state, restarted.targets.length], ["succeeded", 1]);
    assert.notEqual(await pidOf(NAMES[0] ?? ""), now);
    assert.deepEqual(rows(await fvctl("signal", "CONT", "web-1/clock")), [["web-1/clock:clock", "signalled"]]);
  });

  await t.test("the worst result is the exit status, and the reason is said", async () => {
    const started = await fvctl("start", "web-1/gone", "web-1/later", "web-1/crash", "web-1/later");
    assert.equal(started.code, 1);
    assert.deepEqual(rows(started).toSorted(), [
      ["", "exited with code 3 (unexpected), too quickly"],
      ["", "| cannot bind"],
      ["web-1/crash:crash", "failed", "spawn error"],
      ["web-1/gone:gone", "failed", "no file: can't find command '/nowhere/to/be/found'"],
      ["web-1/later:later", "started"],
    ]);
    assert.equal(started.stderr, "fvctl: start: 2 failed, 1 started\n");
    const status = await eventually(async () => {
      const finished = await fvctl("status", "web-1/crash");
      return rows(finished)[0]?.[1] === "FATAL" && finished;
    });
    assert.deepEqual(rows(status), [["web-1/crash:crash", "FATAL", "exited with code 3 (unexpected), too quickly"]]);
  });

  await t.test("--dry-run does nothing, --no-wait does not wait", async () => {
    const before = await pidOf("web-1/clock");
    assert.deepEqual(said(await fvctl("restart", "web-1/clock", "--dry-run")), {
      code: 0,
      stdout: "web-1/clock:clock\n",
      stderr: "fvctl: restart would reach 1 process on 1 instance; nothing was done\n",
    });
    assert.equal(await pidOf("web-1/clock"), before);
    const sent = await fvctl("restart", "web-1/clock", "--no-wait");
    assert.match(sent.stdout, /^[0-9a-f-]{36}\n$/);
    await eventually(async () => ![before, 0].includes(await pidOf("web-1/clock")));
  });

  await t.test("mistakes: one line, an exit status of their own, nothing done", async () => {
    const before = await Promise.all(NAMES.map(pidOf));
    const cases: readonly (readonly [args: readonly string[], code: number, stderr: RegExp])[] = [
      [["stop"], 2, /stop needs a selector: say `all` if you mean the whole fleet/],
      [["restart", " "], 2, /restart needs a selector/],
      [["stop", "web-1"], 4, /nothing matches web-1 \(.*a whole instance is web-1\/all\)/],
      [["stop", "web-1/all", "web-1/apo:*"], 4, /nothing matches web-1\/apo:\*: nothing was done/],
      [["restart", "nope-*/all", "--dry-run"], 4, /nothing matches nope-\*\/all/],
      [["status", "web-9/all"], 4, /nothing matches web-9\/all/],
      [["status", "state=RUNING"], 2, /no process state is RUNING/],
      [["status", "a/b/c"], 2, /position 4: a second `\/`/],
      [["status", "-o", "yaml"], 2, /-o yaml is not possible here: choose table, wide, json, ndjson, name/],
      [["events", "-o", "name"], 2, /-o name is not possible/],
      [["events", "-f", "-o", "json"], 2, /choose -o ndjson/],
      [["events", "--since", "yesterday"], 2, /--since yesterday is neither/],
      [["tail", "web-1/api:*"], 2, /tail shows one process, and web-1\/api:\* means 2: web-1\/api:api-0/],
      [["tail", "web-1/nope"], 4, /nothing matches web-1\/nope/],
      [["tail", "web-1/clock", "stdin"], 2, /no channel is called stdin/],
      [["stop", "all", "--timeout", "0"], 2, /--timeout 0: from 1s to 1h/],
      [["join-token", "--ttl", "1s"], 2, /--ttl 1s: from 60s to 365d/],
      [["frobnicate"], 2, /unknown command 'frobnicate'; see fvctl --help/],
      [["reread"], 2, /reread needs an instance: say `all` if you mean the whole fleet/],
      [["fg", "web-1/clock"], 2, /fg is for one host at a time: fvctl -c FILE fg, or -s URL/],
      [["status", "--wide"], 2, /unknown option '--wide'/],
      [["--token", "fvt_wrong", "status"], 6, /does not accept the token: run `fvctl login http:/],
      [
        ["--controller", "http://192.0.2.1:9700", "status"],
        2,
        /plain http: everybody on the way could read your token/,
      ],
      [["--controller", "ftp://h", "status"], 2, /only http:\/\/ and https:\/\//],
    ];
    for (const [args, code, stderr] of cases) {
      const finished = await fvctl(...args);
      assert.equal(finished.code, code, `${args.join(" ")}: ${finished.stderr}`);
      assert.match(finished.stderr, stderr);
      assert.match(finished.stderr, /^fvctl: [^\n]+\n$/, args.join(" "));
      assert.equal(finished.stdout, "");
    }
    const nobody = await fvctl("--controller", `http://127.0.0.1:${await freePort()}`, "restart", "all");
    assert.equal(nobody.code, 5);
    assert.match(nobody.stderr, /^fvctl: cannot reach \S+: nobody listens there: is the controller running\?\n$/);
    assert.deepEqual(await Promise.all(NAMES.map(pidOf)), before);
  });

  await t.test("tail: the end of a log, stderr too; with -f what is written until Ctrl-C", async () => {
    const end = await fvctl("tail", "web-1/clock");
    assert.match(end.stdout, /tick \d+\ntick \d+\n$/);
    assert.equal((await fvctl("tail", "-12", "web-1/clock")).stdout.length, 12, "no more than was asked for");
    assert.match((await fvctl("tail", "-100000", "web-1/api:api-0", "stderr")).stdout, /^(started as \d+\n)+$/);

    const following = await startProcess(t, process.execPath, [FVCTL, "tail", "-f", "web-1/clock"], {
      env: fleet.ctlEnv,
    });
    const [, first] = await following.says(/tick (\d+)\n/);
    await following.says(new RegExp(`tick ${Number(first) + 12}\n`));
    assert.deepEqual(await following.stop("SIGINT"), { code: 0, signal: null });
    assert.match(following.output(), /^(.*\n)?(tick \d+\n)+(tick \d*)?$/);
  });

  await t.test("events: oldest first, in words; with -f the selected ones as they come", async () => {
    const table = await fvctl("events", "web-1/crash");
    assert.equal(table.code, 0);
    assert.deepEqual(
      rows(table).map(([, target, event]) => [target, event]),
      ["STARTING", "BACKOFF", "FATAL"].map((state) => ["web-1/crash:crash", state]),
    );
    assert.match(
      rows(table)[1]?.[3] ?? "",
      /^exited with code 3 \(unexpected\), too quickly, after \d\.\ds, by admin; stderr: cannot bind$/,
    );
    const { items } = read<Items<HistoryEvent>>(await fvctl("events", "-n", "3", "-o", "json"));
    assert.deepEqual(
      items.map(({ id }) => id),
      items.map(({ id }) => id).toSorted((a, b) => a - b),
    );
    assert.equal(items.length, 3);
    assert.match((await fvctl("events", "web-1/nothing")).stderr, /^fvctl: no event matches\n$/);

    const args = ["events", "-f", "-n", "0", "-o", "ndjson", "web-1/api:api-0"];
    const following = await startProcess(t, process.execPath, [FVCTL, ...args], { env: fleet.ctlEnv });
    await eventually(async () => {
      // Until it follows, what happens is history already and none of it asked for.
      await fvctl("restart", "web-1/api:*");
      return /RUNNING/.test(following.output());
    });
    await fleet.controller.crash();
    await following.says(/going on when it is back/);
    await fleet.controller.startAgain();
    const newest = async () => (await fleet.history("web-1/api:api-0")).at(-1);
    const before = (await newest())?.id ?? 0;
    await eventually(async () => (await fvctl("restart", "web-1/api:api-0")).code === 0);
    // What happened before the crash may be told after it as well: only the last event says that all of it was.
    await eventually(async () => {
      const last = await newest();
      const isOver = last !== undefined && last.id > before && last.toState === "RUNNING";
      return isOver && following.output().includes(`{"id":${last.id},`);
    });
    assert.deepEqual(await following.stop("SIGINT"), { code: 0, signal: null });
    const seen = following
      .output()
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as HistoryEvent);
    assert.ok(seen.every(({ instance, group, name }) => `${instance}/${group}:${name}` === "web-1/api:api-0"));
    const all = await fleet.history("web-1/api:api-0");
    const from = all.findIndex(({ id }) => id === seen[0]?.id);
    assert.deepEqual(
      seen.map(({ id }) => id),
      all.slice(from).map(({ id }) => id),
      "none missing, none doubled, over a crash of the controller",
    );
  });

  await t.test("an order that is interrupted or late is not called done, and goes on", async (sub) => {
    await fvctl("start", "web-1/stubborn");
    const late = await fvctl("stop", "web-1/stubborn", "--timeout", "1");
    assert.match(rows(late)[0]?.join(" ") ?? "", /^web-1\/stubborn:stubborn (failed still STOPPING|unknown )/);
    assert.equal(late.code, late.stdout.includes("unknown") ? 7 : 1);
    await eventually(async () => (await fleet.processes("web-1/stubborn"))[0]?.state === "STOPPED");

    await fvctl("start", "web-1/stubborn");
    const args = [FVCTL, "stop", "web-1/stubborn", "-o", "json"];
    const waiting = await startProcess(sub, process.execPath, args, { env: fleet.ctlEnv });
    await eventually(async () => (await fleet.processes("web-1/stubborn"))[0]?.state === "STOPPING");
    assert.deepEqual(await waiting.stop("SIGINT"), { code: 130, signal: null }, waiting.output());
    await eventually(async () => (await fleet.processes("web-1/stubborn"))[0]?.state === "STOPPED");
  });

  await t.test("a reader that goes away ends fvctl quietly", async () => {
    const script = '"$0" "$1" status | head -1';
    const finished = await runProcess("/bin/sh", ["-c", script, process.execPath, FVCTL], { env: fleet.ctlEnv });
    assert.deepEqual([finished.stdout.split(/ +/)[0], finished.stderr], ["TARGET", ""]);
  });

  await t.test("login by the one-time link, then logout", (sub) => loginAndOut(sub, fleet));
});

async function loginAndOut(t: TestContext, { controller }: Fleet): Promise<void> {
  const home = tempDir(t);
  const fvctl = (...args: string[]) => runProcess(process.execPath, [FVCTL, ...args], { env: { HOME: home } });
  const noLogin = await fvctl("events");
  assert.deepEqual(said(noLogin), {
    code: 6,
    stdout: "",
    stderr: "fvctl: no controller is known: run `fvctl login URL` first\n",
  });
  const where = ["--data-dir", controller.dataDir];
  const made = await runProcess(process.execPath, [FVCONTROLLER, "login-link", ...where]);
  const link = made.stdout.trim();
  assert.ok(link.startsWith(`${controller.url}/login#code=`), made.stdout + made.stderr);

  const login = await fvctl("login", link);
  assert.equal(login.code, 0, login.stderr);
  const file = join(home, ".config/fleetvisor/credentials.json");
  assert.equal(login.stdout, `logged in to ${controller.url} as admin; the token is in ${file}\n`);
  assert.match(
    login.stderr,
    /has no password yet: choose one in the browser, by a link that 'fvcontroller login-link' prints/,
  );
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual((await fvctl("status", "web-1/clock", "-o", "name")).stdout, "web-1/clock:clock\n");
  const twice = await fvctl("login", link);
  assert.equal(twice.code, 6);
  assert.match(twice.stderr, /^fvctl: .*used or has expired\n$/);
  assert.match((await fvctl("login", controller.url)).stderr, /no terminal to ask on: give --code/);
  assert.match((await fvctl("login", "http://192.0.2.1:9700/login#code=x")).stderr, /plain http/);
  const join1 = await fvctl("join-token", "--uses", "2", "--ttl", "2h");
  assert.match(join1.stdout, /^\S+\n$/);
  assert.match(join1.stderr, /good for 2 agents until/);

  const password = "correct horse";
  const headers = { authorization: `Bearer ${controller.token}`, "content-type": "application/json" };
  const body = JSON.stringify({ password });
  assert.ok((await fetch(new URL(API_PATHS.password, controller.url), { method: "POST", headers, body })).ok);
  const byPassword = (stdin: string) => {
    const args = [FVCTL, "login", controller.url, "-u", "admin", "--password-stdin"];
    return runProcess(process.execPath, args, { env: { HOME: tempDir(t) }, stdin });
  };
  const wrong = await byPassword("incorrect horse\n");
  assert.deepEqual([wrong.code, wrong.stdout], [6, ""]);
  assert.match(wrong.stderr, /^fvctl: [^\n]*password[^\n]*\n$/);
  const right = await byPassword(`${password}\n`);
  assert.deepEqual([right.code, right.stderr], [0, ""]);

  const { token } = Object.values(
    (JSON.parse(readFileSync(file, "utf8")) as { controllers: Record<string, { token: string }> }).controllers,
  )[0] ?? { token: "" };
  const fvctlTokens = async () =>
    (await controller.api.get<ApiTokenList>(API_PATHS.tokens)).items.filter(({ name }) => name.startsWith("fvctl on "));
  assert.equal((await fvctlTokens()).length, 2);
  assert.equal((await fvctl("logout")).stdout, `logged out of ${controller.url}\n`);
  assert.equal((await fvctlTokens()).length, 1, "the token is revoked, the other one is not");
  const stale = await fvctl("--controller", controller.url, "--token", token, "status");
  assert.equal(stale.code, 6);
  assert.throws(() => statSync(file), /ENOENT/);
  assert.match((await fvctl("logout")).stderr, /not logged in anywhere/);
}
