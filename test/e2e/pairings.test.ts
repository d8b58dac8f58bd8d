// All four pairings of client and daemon: whatever supervisorctl shows of a supervisord, every other pairing shows too.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { FVCTL, program } from "../helpers/paths.js";
import { type Finished, runProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { forkedSupervisorctl } from "../helpers/supervisorctl-forks.js";
import { type Daemon, type DaemonKind, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";
import { type Replacements, transcriptOf } from "../helpers/transcript.js";

const skip = without("supervisord", "supervisorctl");

type Client = "supervisorctl" | "fvctl";

interface Pair {
  readonly daemon: Daemon;
  /** Runs the pairing's client in the daemon's folder. */
  run(args: readonly string[]): Promise<Finished>;
}

/** The first is what the others are held against. */
const ALL: readonly (readonly [Client, DaemonKind])[] = [
  ["supervisorctl", "supervisord"],
  ["fvctl", "supervisord"],
  ["supervisorctl", "fvagent"],
  ["fvctl", "fvagent"],
];

/**
 * What differs on purpose, or by chance from run to run, as changes that make both sides the same. Better than supervisorctl
 * in other tests: an INI syntax error is a line and status 2 instead of a traceback and 1 (ctl-direct), `VERB --help` is help
 * and a missing Python plugin is told (ctl-direct), Ctrl-C at a question ends without a traceback (ctl-shell), `fg` leaves at
 * once instead of after up to 30 s (ctl-shell). Not compared: `-r` has no effect there and does here; what is no UTF-8 comes
 * out of `tail -f` as it is instead of as `Undecodable: b'...'`.
 */
const ON_PURPOSE: readonly {
  readonly reason: string;
  apply(finished: Finished, words: readonly string[]): Finished;
}[] = [
  {
    reason: "help is told in our own words: what follows the error that a wrong use begins with is cut",
    apply: (finished, words) => ({
      ...finished,
      stdout: WRONG_USES.has(words.join(" "))
        ? finished.stdout.replace(/^((?:Error|ERROR): .*\n)[\s\S]+$/, "$1HELP\n")
        : finished.stdout,
    }),
  },
  {
    reason: "a generic error names Python's source file and line, which fvctl does not have",
    apply: (finished) => ({
      ...finished,
      stdout: finished.stdout.replace(/file: \S+ line: \d+$/gm, "file: FILE line: N"),
    }),
  },
  {
    reason: "members of a group are told as they finish, which is chance",
    apply: (finished, words) => ({
      ...finished,
      stdout: /^(re)?st(art|op)\b.*(all|:\*)/.test(words.join(" "))
        ? finished.stdout.split("\n").sort().join("\n")
        : finished.stdout,
    }),
  },
  {
    reason: "0 is no pid: it must not become one of the words for what differs",
    apply: (finished) => ({ ...finished, stdout: finished.stdout.replace(/^0$/gm, "nothing") }),
  },
];

/** Uses that end in the command's help. */
const WRONG_USES: ReadonlySet<string> = new Set([
  "start",
  "stop",
  "restart",
  "signal",
  "signal HUP",
  "clear",
  "tail",
  "tail -f a b c",
  "maintail 1 2",
  "avail x",
  "reread x",
  "version x",
  "shutdown x",
  "reload x",
  "fg",
]);

/** A command line, with `{dir}` and `{port}`, or something done to the pairing between two. */
type Step = string | ((pair: Pair) => unknown);

async function runLine({ run, daemon }: Pair, line: string): Promise<string> {
  const port = `${daemon.inet?.port}`;
  const words = line.split(" ");
  const spelled = words.map((word) => word.replaceAll("{dir}", daemon.dir).replaceAll("{port}", port));
  const args = [...(/^-[cs]|^--/.test(line) ? [] : ["-c", daemon.configFile]), ...spelled];
  const finished = await run(args);
  const alike = ON_PURPOSE.reduce((known, { apply }) => apply(known, words), finished);
  const replacements: Replacements = [
    [daemon.dir, "DIR"],
    ...(daemon.inet === null ? [] : ([[`:${port}`, ":PORT"]] as const)),
  ];
  return transcriptOf(words, alike, replacements);
}

async function runSteps(pair: Pair, steps: readonly Step[]): Promise<string[]> {
  const seen: string[] = [];
  for (const step of steps) {
    if (typeof step === "string") seen.push(await runLine(pair, step));
    else await step(pair);
  }
  return seen;
}

/** Runs the steps in every pairing, each on a daemon of its own, and expects the same of all. */
async function samePairings(
  t: Scope,
  steps: readonly Step[],
  options: Omit<Parameters<typeof startDaemon>[1], "kind">,
  pairings = ALL,
) {
  const sessions = await Promise.all(
    pairings.map(async ([client, kind]) => {
      const dir = tempDir(t);
      mkdirSync(join(dir, "logs"));
      const daemon = await startDaemon(t, { ...options, kind, dir });
      const supervisorctl = client === "supervisorctl" ? forkedSupervisorctl(t) : null;
      const run = (args: readonly string[]) =>
        supervisorctl?.(args, dir) ?? runProcess(process.execPath, [FVCTL, ...args], { cwd: dir });
      const seen = await runSteps({ daemon, run }, steps);
      return { name: `${client} on ${kind}`, seen };
    }),
  );
  const [truth, ...others] = sessions;
  assert.ok(truth !== undefined);
  const differences = others.flatMap(({ name, seen }) =>
    truth.seen.flatMap((expected, at) => (seen[at] === expected ? [] : [`${name}:\n${seen[at]}\nnot:\n${expected}`])),
  );
  assert.equal(differences.join("\n\n"), "");
}

const SECTIONS = `
[program:cat]
command = /bin/cat
startsecs = 0
priority = 10

[program:talker]
command = /bin/sh -c "echo one; echo two; echo three >&2; exec sleep 1000"
startsecs = 0

[program:silent]
command = /bin/sleep 1000
startsecs = 0
stdout_logfile = NONE
stderr_logfile = NONE

[program:later]
command = /bin/sleep 1000
autostart = false
startsecs = 0

[program:gone]
command = /nowhere/to/be/found
autostart = false

[program:notexec]
command = {dir}/supervisord.conf
autostart = false

[program:nolog]
command = /bin/sleep 1000
stdout_logfile = {dir}/logs/nolog
startretries = 0
autostart = false

[program:quits]
command = /bin/false
autostart = false
startretries = 0
startsecs = 10

[program:a-program-with-quite-a-long-name]
command = /bin/sleep 1000
startsecs = 0
autostart = false

[program:worker]
command = /bin/sleep 1000
process_name = %(program_name)s_%(process_num)02d
numprocs = 2
startsecs = 0

[eventlistener:ears]
command = /bin/cat
events = PROCESS_STATE
startsecs = 0

[group:pair]
programs = left,right

[program:left]
command = /bin/sleep 1000
startsecs = 0

[program:right]
command = /bin/sleep 1000
startsecs = 0
`;

/** To be looked at: supervisord cuts `clear all` and the like short when a name is not ASCII; starting `done` has two ends. */
const ODD = `
[program:done]
command = /bin/true
startsecs = 0
autorestart = false

[program:größe]
command = /bin/sleep 1000
startsecs = 0
`;

const settled: Step = async ({ daemon }) => {
  for (const name of ["cat", "pair:right", "worker:worker_01", "ears"]) {
    await eventually(async () => (await daemon.info(name)).statename === "RUNNING");
  }
  await eventually(async () => String(await daemon.rpc("readProcessStderrLog", "talker", 0, 0)) !== "");
};

const LOOKS: readonly Step[] = [
  settled,
  async ({ daemon }) => eventually(async () => (await daemon.info("done")).statename === "EXITED"),
  "status",
  "status all",
  "status cat worker:* left pair:left nope nope:* nope:x cat pair: größe",
  "status cat talker",
  "start größe",
  "status a-program-with-quite-a-long-name cat",
  "pid",
  "pid cat",
  "pid cat later nope pair:left pair:*",
  "pid all",
  "version",
  "avail",
  "reread",
  "update",
  "tail talker",
  "tail talker stderr",
  "tail -4 talker STDOUT",
  "tail -0 talker",
  "tail -1_0 talker",
  "tail silent",
  "tail later",
  "tail nope",
  "tail pair:*",
  "maintail -1",
  "tail -f nope",
  "tail -f silent",
  "fg nope",
  "fg later",
  "fg pair:*",
  "open unix://{dir}/sv.sock",
  "open http://127.0.0.1:{port}",
  "open unix://{dir}/nothing.sock",
  "-s unix://{dir}/sv.sock status cat",
  "-s http://127.0.0.1:{port} -u ann -p p:w status cat",
  "--serverurl=http://127.0.0.1:{port} --user ann --pass=p:w pid later",
  ({ daemon: { dir, inet } }) =>
    writeFileSync(
      join(dir, "tcp.conf"),
      `[supervisorctl]\nserverurl = http://127.0.0.1:${inet?.port}/ ; by TCP\nusername = ann\npassword: p:w\n`,
    ),
  "-c {dir}/tcp.conf status cat",
  "-c {dir}/tcp.conf tail talker",
  "-c {dir}/tcp.conf -p wrong pid later",
  "-c {dir}/tcp.conf -s unix://{dir}/sv.sock pid later",
  "-s http://127.0.0.1:{port} status",
  "-s http://127.0.0.1:{port} avail",
  "-s http://127.0.0.1:{port} tail -f cat",
  "-s http://127.0.0.1:{port} -u ann -p wrong start cat",
  "-s http://127.0.0.1:{port} -u ann shutdown",
];

/** What a client decides by itself, so that one daemon is enough. */
const WORDS: readonly Step[] = [
  ...WRONG_USES,
  "tail -x talker",
  "tail -f",
  "tail -99999999999 talker",
  "tail talker middle",
  "maintail -0x",
  "maintail what",
  "fg a b",
  "open",
  "open ftp://x",
  "help nonsense",
  "help EOF",
  "help status x",
  "nonsense",
  "STATUS",
  "status; cat",
  "!ls",
  "quit",
  "exit",
  "EOF",
  "-i version",
];

const CHANGES: readonly Step[] = [
  settled,
  ({ daemon }) => rmSync(join(daemon.dir, "logs"), { recursive: true }),
  "start cat",
  "start cat later gone notexec nolog quits nope nope:* pair:*",
  "start a-program-with-quite-a-long-name",
  async ({ daemon }) => eventually(async () => (await daemon.info("nolog")).statename === "FATAL"),
  "status",
  "stop cat",
  "stop cat nope nope:* pair:* worker:worker_00",
  "stop pair:*",
  "start pair:* worker:worker_00",
  "restart cat worker:*",
  "restart later nope",
  "signal HUP nope nope:*",
  "signal NOSUCH talker",
  "signal NOSUCH pair:*",
  "signal SIGCONT talker pair:*",
  "signal 18 cat",
  "signal CONT all",
  "signal 0 gone",
  "clear talker",
  "tail talker",
  "clear talker nope pair:* silent",
  "clear all",
  "add cat",
  "add nope",
  "add",
  "remove nope cat",
  "remove",
  "update nope",
  "remove pair",
  "stop all",
  "remove pair silent",
  "status pair:* silent",
  "add pair nope silent",
  "start worker:* later all",
  "status",
  ({ daemon }) => mkdirSync(join(daemon.dir, "logs")),
  "reload",
  settled,
  "status",
];

/** Edits the config; what is not there to be replaced is a mistake of the test. */
function rewriting(...changes: readonly (readonly [from: string | RegExp, to: string])[]): Step {
  return ({ daemon }) => {
    let text = readFileSync(daemon.configFile, "utf8");
    for (const [from, to] of changes) {
      const next = text.replace(from, to);
      assert.notEqual(next, text);
      text = next;
    }
    writeFileSync(daemon.configFile, text);
  };
}

const CONFIG_CHANGES: readonly Step[] = [
  settled,
  rewriting(
    ["[program:later]", "[program:new]\ncommand = /bin/sleep 1000\nstartsecs = 0\n\n[program:later]"],
    ["programs = left,right", "programs = left,right\npriority = 5"],
    [/\[program:silent\][^[]*/, ""],
    ["command = /bin/cat\nstartsecs", "command = /bin/cat -u\nstartsecs"],
  ),
  "reread",
  "avail",
  "update nope new",
  "reread",
  "update cat all",
  "update",
  "avail",
  "status",
  rewriting(["[program:new]", "[program:newer]"], [/numprocs = 2/, "numprocs = 3"]),
  "update newer",
  "update new worker",
  "status new newer worker:*",
  rewriting(["[program:cat]\ncommand = /bin/cat", "[program:cat]\nnothing = 1"]),
  "reread",
  "update",
  "add newer",
  rewriting(["nothing = 1", "command = /bin/cat\nstartsecs = many"]),
  "reread",
  rewriting(["[group:pair]", "[group:pair"]),
  "reread",
];

/** While a child refuses to end, the daemon is on its way down and answers so. */
const DYING: readonly Step[] = [
  "shutdown",
  "status",
  "start cat",
  "stop all",
  "pid",
  "avail",
  "reread",
  "update",
  "add cat",
  "remove cat",
  "tail cat",
  "maintail",
  "version",
  "shutdown",
  "reload",
  async ({ daemon }) => process.kill(Number(readFileSync(join(daemon.dir, "stubborn.pid"), "utf8")), "SIGKILL"),
  async ({ daemon }) => daemon.process.ended,
  "status",
  "status cat",
  "start cat",
  "restart cat",
  "pid",
  "tail cat",
  "tail -f cat",
  "fg cat",
  "clear cat",
  "avail",
  "reread",
  "update",
  "add x",
  "remove x",
  "version",
  "shutdown",
  "reload",
  "-s http://127.0.0.1:{port} status",
  "-s http://127.0.0.1:{port} shutdown",
  "-s http://127.0.0.1:{port} reload",
];

const STUBBORN = `
[program:cat]
command = /bin/cat
startsecs = 0

[program:stubborn]
command = /bin/sh -c "echo $$ > {dir}/stubborn.pid; exec ${program("ignores-term.sh")}"
startsecs = 0
stopwaitsecs = 3600
`;

const inet = { username: "ann", password: "p:w" };

test("every pairing of client and daemon shows the same", { skip, concurrency: true }, async (t) => {
  await Promise.all([
    t.test("words and wrong uses", (t) => samePairings(t, WORDS, { sections: SECTIONS }, ALL.slice(0, 2))),
    t.test("looks", (t) => samePairings(t, LOOKS, { sections: SECTIONS + ODD, inet })),
    t.test("starts, stops, signals, clears", (t) => samePairings(t, CHANGES, { sections: SECTIONS })),
    t.test("changed configs", (t) => samePairings(t, CONFIG_CHANGES, { sections: SECTIONS })),
    t.test("a daemon that ends, and none", (t) => samePairings(t, DYING, { sections: STUBBORN, inet })),
  ]);
});
