// fvctl over the fleet at a terminal: the shell, completion, top and --watch, and Ctrl-C at bad moments.
import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { ProcessList } from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { without } from "../helpers/needs.js";
import { FVCTL, program } from "../helpers/paths.js";
import { runProcess } from "../helpers/processes.js";
import { tempDir } from "../helpers/temp-dir.js";
import { atTerminal, type Step } from "../helpers/terminal.js";

const SECTIONS = `
[program:api]
command = ${program("counts.sh")}
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0

[program:idle]
command = /bin/sleep 1000
startsecs = 0
`;

const CTRL_C = "\x03";
const CTRL_D = "\x04";
const ENTER_PAGE = "\u001b[?1049h";
const LEAVE_PAGE = "\u001b[?1049l";
const SHOW_CURSOR = "\u001b[?25h";

test("fvctl at a terminal", { skip: without("python3") }, async (t) => {
  const fleet = await startFleet(t, [
    { name: "web-1", labels: "role=web", sections: SECTIONS },
    { name: "web-2", labels: "role=web", sections: SECTIONS },
  ]);
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === 6);
  const home = tempDir(t);
  const env = { ...fleet.ctlEnv, HOME: home, PATH: process.env.PATH ?? "" };
  const host = new URL(fleet.controller.url).host;
  const prompt = `${host}> `;
  const fvctl = (args: readonly string[], steps: readonly Step[]) =>
    atTerminal([process.execPath, FVCTL, ...args], steps, { cwd: home, env });

  await t.test("the shell: verbs at a prompt, Tab, history, and a mistake ends nothing", async () => {
    const { screen, code } = await fvctl(
      [],
      [
        [prompt, "sta\t"],
        ["", "\t"],
        ["start", "tus we\t"],
        ["b-", "1/api:api-0\r"],
        ["RUNNING", ""],
        [prompt, "status 'web-1/\r"],
        ["has no end", ""],
        [prompt, "frobnicate\r"],
        ["unknown command 'frobnicate'", ""],
        [prompt, " status -o name secret/all\r"],
        ["nothing matches", ""],
        [prompt, "\u001b[A\u001b[A\r"],
        [prompt, "quit\r"],
      ],
    );
    assert.equal(code, 0);
    assert.match(screen, /web-1\/api:api-0 +RUNNING +pid \d+, uptime/);
    const file = join(home, ".local/state/fleetvisor/fvctl_history");
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    assert.ok(lines.includes("status web-1/api:api-0"), lines.join("\n"));
    assert.ok(!lines.some((line) => line.includes("secret")), "what begins with a blank is not remembered");
  });

  await t.test("Ctrl-C in the shell ends the line or the command, and Ctrl-D the shell", async () => {
    const { screen, code, isRestored } = await fvctl(
      ["shell"],
      [
        [prompt, "stop all"],
        ["stop all", CTRL_C],
        [prompt, "logs -f -n 0 web-1/api:api-0\r"],
        [" tick ", CTRL_C],
        [prompt, "top\r"],
        [ENTER_PAGE, CTRL_C],
        [LEAVE_PAGE, ""],
        [prompt, "instances -o name\r"],
        ["web-2", ""],
        [prompt, CTRL_D],
      ],
    );
    assert.deepEqual([code, isRestored], [0, true], screen);
    assert.equal((await fleet.processes("state=RUNNING")).length, 6, "the line that was left did nothing");
  });

  await t.test("without a terminal the shell takes lines, and its exit status is the worst of theirs", async () => {
    const stdin = "# a comment\nstatus -o name web-1/api:api-0\n\ninstances -o name\n";
    const good = await runProcess(process.execPath, [FVCTL, "shell"], { env, stdin });
    assert.deepEqual([good.code, good.stdout, good.stderr], [0, "web-1/api:api-0\nweb-1\nweb-2\n", ""]);
    const bad = await runProcess(process.execPath, [FVCTL, "shell"], {
      env,
      stdin: "status nope/all\ninstances -o name\n",
    });
    assert.deepEqual([bad.code, bad.stdout], [4, "web-1\nweb-2\n"]);
  });

  await t.test("top: drawn on a page of its own, sorted, filtered, resized, left as it was found", async () => {
    const { raw, code } = await fvctl(
      ["top", "--interval", "0.5"],
      [
        [ENTER_PAGE, "t"],
        ["sorted by target", "?"],
        ["Keys", "?"],
        ["TARGET", "/"],
        ["filter: ", "state=RUNING\r"],
        ["no process state is RUNING", ""],
        ["sorted by target", "/"],
        ["filter: ", "web-2/api:*\r"],
        ["web-2/api:*: 2, sorted by target", { size: [10, 60] }],
        ["sorted by target", "q"],
      ],
    );
    assert.equal(code, 0);
    assert.ok(raw.endsWith(`${SHOW_CURSOR}${LEAVE_PAGE}`) || raw.includes(`${SHOW_CURSOR}${LEAVE_PAGE}`));
    assert.match(raw, /2 instances, 6 processes: 6 RUNNING/);
  });

  await t.test("what needs the most comes first, by the controller's figures", async () => {
    await eventually(async () => (await fleet.processes()).every(({ memoryBytes }) => (memoryBytes ?? 0) > 0), {
      withinMs: 60_000,
    });
    const { stdout } = await fleet.fvctl("status", "--sort", "memory", "-o", "json");
    const bytes = (JSON.parse(stdout) as ProcessList).items.map(({ memoryBytes }) => memoryBytes ?? -1);
    assert.equal(bytes.length, 6);
    assert.deepEqual(
      bytes,
      bytes.toSorted((a, b) => b - a),
    );
    assert.match((await fleet.fvctl("status", "--sort", "cpu")).stdout, /^TARGET +STATE +CPU +MEMORY +DESCRIPTION\n/);
  });

  await t.test("top ends well however it ends", async () => {
    for (const then of [CTRL_C, { signal: 15 }] as const) {
      const { raw, code, signal, isRestored } = await fvctl(["top"], [[ENTER_PAGE, then]]);
      assert.deepEqual([code, signal, isRestored], [0, null, true]);
      assert.ok(raw.includes(`${SHOW_CURSOR}${LEAVE_PAGE}`));
    }
    const nowhere = await runProcess(process.execPath, [FVCTL, "top"], { env });
    assert.deepEqual([nowhere.code, nowhere.stdout], [2, ""]);
    assert.equal(nowhere.stderr, "fvctl: top needs a terminal; scripts ask `fvctl status`\n");
  });

  await t.test("what is shown fits the terminal, and colours are for terminals that want them", async () => {
    const screens = [
      "status",
      "status web-1/idle",
      "instances",
      "events -n 5",
      "tokens",
      "users",
      "operations",
      "restart --help",
    ];
    for (const columns of [60, 80]) {
      for (const command of screens) {
        const args = [process.execPath, FVCTL, ...command.split(" ")];
        const { screen, code } = await atTerminal(args, [], { cwd: home, env, columns });
        assert.equal(code, 0, screen);
        for (const line of screen.split("\n")) assert.ok(line.length <= columns, `${command} at ${columns}: ${line}`);
      }
    }
    const painted = (change: Readonly<Record<string, string>>) =>
      atTerminal([process.execPath, FVCTL, "status"], [], { cwd: home, env: { ...env, ...change } });
    assert.match((await painted({})).raw, /\u001b\[32mRUNNING/);
    assert.ok(!(await painted({ NO_COLOR: "1" })).raw.includes("\u001b"));
    assert.ok(!(await fleet.fvctl("status")).stdout.includes("\u001b"));
  });

  await t.test("--watch draws anew until Ctrl-C, and a mistake never opens its page", async () => {
    const watched = await fvctl(
      ["status", "web-1/api:*", "--watch", "0.5"],
      [
        [ENTER_PAGE, ""],
        ["api-1", ""],
        ["api-1", CTRL_C],
      ],
    );
    assert.deepEqual([watched.code, watched.isRestored], [0, true]);
    assert.ok(watched.raw.includes(LEAVE_PAGE));
    const wrong = await fvctl(["status", "state=RUNING", "--watch"], []);
    assert.equal(wrong.code, 2);
    assert.ok(!wrong.raw.includes(ENTER_PAGE));
    assert.match(wrong.screen, /no process state is RUNING/);
  });

  await t.test("logs -f and grep are left by Ctrl-C with the terminal as it was", async () => {
    const following = await fvctl(["logs", "-f", "web-*/api:*"], [[" tick ", CTRL_C]]);
    assert.deepEqual([following.code, following.isRestored], [0, true], following.screen);
    // A pattern that takes its time at the host.
    const searching = await fvctl(["grep", "(t|ti|tick|.)*x", "web-*/api:*"], [["", CTRL_C]]);
    assert.ok(searching.isRestored);
    assert.doesNotMatch(searching.screen, /^ +at |defect/m);
  });

  await t.test("instances remove asks, and no is an answer", async () => {
    const { screen, code } = await fvctl(["instances", "remove", "web-2"], [["Go on? [y/N] ", "\r"]]);
    assert.equal(code, 2, screen);
    assert.match(screen, /fvctl: nothing was done/);
    const interrupted = await fvctl(["instances", "remove", "web-2"], [["Go on? [y/N] ", CTRL_C]]);
    assert.deepEqual([interrupted.code, interrupted.isRestored], [130, true]);
    const script = await runProcess(process.execPath, [FVCTL, "instances", "remove", "web-2"], { env });
    assert.equal(script.code, 2);
    assert.match(
      script.stderr,
      /^fvctl: web-2 \(live, 3 processes\) is taken out .*: say --yes, there is no terminal to ask on\n$/,
    );
    assert.match((await fleet.fvctl("instances", "-o", "name")).stdout, /web-2/);
  });

  await t.test(
    "bash completes verbs, options and what the fleet has, and says nothing where it cannot ask",
    async () => {
      const complete = async (line: string, change: Readonly<Record<string, string>> = {}) => {
        const script = `source <("$NODE" "$FVCTL" completion bash)
        fvctl() { "$NODE" "$FVCTL" "$@"; }
        COMP_LINE="$LINE" COMP_POINT=\${#LINE} COMP_WORDS=(fvctl) COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'
        compopt() { echo "compopt $*"; }
        _fvctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
        const finished = await runProcess("bash", ["--norc", "-c", script], {
          env: { ...env, NODE: process.execPath, FVCTL, LINE: line, ...change },
        });
        assert.equal(finished.stderr, "");
        return finished.stdout.trimEnd().split("\n");
      };
      assert.deepEqual(await complete("fvctl stat"), ["status"]);
      assert.deepEqual(await complete("fvctl status --so"), ["--sort"]);
      assert.deepEqual(await complete("fvctl status -o "), ["json", "name", "ndjson", "table", "wide"]);
      assert.deepEqual(await complete("fvctl restart web"), ["web-1/", "web-2/"]);
      assert.deepEqual(await complete("fvctl restart web-1"), ["compopt -o nospace", "web-1/"]);
      assert.deepEqual(await complete("fvctl restart web-1/a"), [
        "web-1/all",
        "web-1/api:api-0",
        "web-1/api:api-1",
        "web-1/api:*",
      ]);
      assert.deepEqual(
        await complete("fvctl restart web-1/api:"),
        ["api-0", "api-1", "*"],
        "bash has the rest already",
      );
      assert.deepEqual(await complete("fvctl status state=F"), ["FATAL"]);
      assert.deepEqual(await complete("fvctl instances remove "), ["web-1", "web-2"]);
      assert.deepEqual(await complete("fvctl users remove "), [""]);
      const away = { FLEETVISOR_CONTROLLER: "http://127.0.0.1:9", XDG_CACHE_HOME: tempDir(t) };
      assert.deepEqual(await complete("fvctl restart web", away), [""]);
      assert.deepEqual(await complete("fvctl -c /nowhere sta"), ["start", "status"]);
      assert.equal(statSync(join(home, ".cache/fleetvisor/completion.json")).mode & 0o777, 0o600);
    },
  );
});
