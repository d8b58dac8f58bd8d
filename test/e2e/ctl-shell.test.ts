// The shell of fvctl's direct mode beside the real supervisorctl's: the same keys leave the same screen, output and history.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { FVCTL, program, ROOT } from "../helpers/paths.js";
import { runProcess, startProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, startDaemon } from "../helpers/supervisord.js";
import { normalise } from "../helpers/transcript.js";

const skip = without("supervisord", "supervisorctl", "python3");

const SECTIONS = `
[program:cat]
command = /bin/cat
startsecs = 0

[program:later]
command = /bin/sleep 1000
autostart = false
startsecs = 0

[program:stubborn]
command = ${program("ignores-term.sh")}
startsecs = 0
stopwaitsecs = 5

[group:pair]
programs = left,right

[program:left]
command = /bin/sleep 1000
startsecs = 0

[program:right]
command = /bin/sleep 1000
startsecs = 0
`;

const CTRL_A = "\x01";
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const CTRL_U = "\x15";
const UP = "\x1b[A";

type Client = "supervisorctl" | "fvctl";
type Keys = readonly (readonly [seen: string, typed: string])[];

interface Twins {
  readonly supervisorctl: Daemon;
  readonly fvctl: Daemon;
}

const CLIENTS: Readonly<Record<Client, readonly [string, ...string[]]>> = {
  supervisorctl: ["supervisorctl"],
  fvctl: [process.execPath, FVCTL],
};

async function twins(t: Scope): Promise<Twins> {
  const inet = { username: "ann", password: "p:w" };
  const start = async () => {
    const daemon = await startDaemon(t, { kind: "supervisord", sections: SECTIONS, inet });
    writeFileSync(
      join(daemon.dir, "ctl.conf"),
      `[supervisorctl]\nserverurl = unix://%(here)s/sv.sock\nprompt = fleet\nhistory_file = %(here)s/history\n`,
    );
    await eventually(async () => (await daemon.info("pair:right")).statename === "RUNNING");
    return daemon;
  };
  const [supervisorctl, fvctl] = await Promise.all([start(), start()]);
  return { supervisorctl, fvctl };
}

function clean(text: string, daemon: Daemon): string {
  return normalise(text.replace(/file: \S+ line: \d+$/gm, "file: FILE line: N"), [
    [daemon.dir, "DIR"],
    [`:${daemon.inet?.port}`, ":PORT"],
  ]);
}

/** What both show of the same; the arguments may name `{dir}` and `{port}`. */
async function same(
  both: Twins,
  what: string,
  see: (client: Client, daemon: Daemon) => Promise<string>,
): Promise<string> {
  const [expected, actual] = await Promise.all([see("supervisorctl", both.supervisorctl), see("fvctl", both.fvctl)]);
  assert.equal(actual, expected, what);
  return actual;
}

/** Types at a terminal: each keys once what they wait for was seen; answers the screen and how it ended. */
function typing(keys: Keys, args: readonly string[] = ["-c", "{dir}/ctl.conf"]) {
  return async (client: Client, daemon: Daemon): Promise<string> => {
    const words = args.map((word) => word.replace("{dir}", daemon.dir).replace("{port}", `${daemon.inet?.port}`));
    const order = { argv: [...CLIENTS[client], ...words], cwd: daemon.dir, steps: keys };
    const { stdout, stderr } = await runProcess("python3", [join(ROOT, "test/fixtures/python/in_pty.py")], {
      stdin: JSON.stringify(order),
    });
    const { screen, code, missed } = JSON.parse(stdout === "" ? stderr : stdout);
    assert.equal(missed, null, `${client} showed\n${screen}`);
    return `${clean(screen, daemon)}\n--- status ${code}`;
  };
}

/** The same words on standard input, without a terminal. */
function piping(stdin: string, args: readonly string[] = []) {
  return async (client: Client, daemon: Daemon): Promise<string> => {
    const [command, ...before] = CLIENTS[client];
    const words = [...before, "-c", join(daemon.dir, "ctl.conf"), ...args];
    const { stdout, stderr, code } = await runProcess(command, words, { stdin, cwd: daemon.dir });
    return `${clean(stdout, daemon)}--- stderr\n${clean(stderr, daemon)}--- status ${code}`;
  };
}

const PROMPT = "fleet> ";

test("the shell looks and works as supervisorctl's", { skip, concurrency: true }, async (t) => {
  const both = await twins(t);
  const history = (daemon: Daemon) => readFileSync(join(daemon.dir, "history"), "utf8");

  const sessions = t.test("at a terminal", async () => {
    const commands = await same(
      both,
      "lines, completion, editing",
      typing([
        [PROMPT, "stat\t"],
        ["us ", "lat\t"],
        ["er ", "\r"],
        [PROMPT, "sta\t"],
        ["", "\t"],
        ["start ", "tus cat\r"],
        [PROMPT, "  stop pair:l\t"],
        ["eft ", "\r"],
        [PROMPT, "start pair:\t"],
        ["", "\t"],
        ["pair:right", `${CTRL_U}add pa\t`],
        ["ir ", "\r"],
        [PROMPT, "start \t"],
        ["", "\t"],
        ["stubborn", `${CTRL_U}help ver\t`],
        ["version ", `${CTRL_U}nowhere \t\t`],
        ["", `${CTRL_U}ld later${CTRL_A}pi`],
        ["", `\x1b[C${CTRL_A}\r`],
        [PROMPT, UP],
        ["", "\r"],
        [PROMPT, "pid later\r"],
        [PROMPT, UP],
        ["pid later", "\r"],
        [PROMPT, "\r"],
        [PROMPT, "open unix:///nowhere\r"],
        [PROMPT, "stat\t"],
        ["us ", "c\t"],
        ["", "\r"],
        [PROMPT, "exit\r"],
      ]),
    );
    assert.match(commands, /fleet> sta\nstart {4}status\n/);
    assert.equal(history(both.fvctl), history(both.supervisorctl), "the history kept");

    await same(
      both,
      "the history again",
      typing([
        [PROMPT, UP],
        ["exit", UP],
        ["status c", CTRL_U],
        ["", CTRL_D],
      ]),
    );
    await same(
      both,
      "Ctrl-C at the prompt",
      typing([
        [PROMPT, "half a li"],
        ["", CTRL_C],
      ]),
    );
    await same(
      both,
      "questions",
      typing([
        [PROMPT, "shutdown\r"],
        ["y/N? ", "n\r"],
        [PROMPT, "reload\r"],
        ["y/N? ", CTRL_D],
        [PROMPT, "tail -f pair:right\r"],
        ["<==", CTRL_C],
        [PROMPT, "version\r"],
        [PROMPT, "shutdown\r"],
        ["y/N? ", CTRL_C],
      ]),
    );
    await same(
      both,
      "Ctrl-C while waiting",
      typing([
        [PROMPT, "stop stubborn\r"],
        ["", CTRL_C],
      ]),
    );
    assert.equal(history(both.fvctl), history(both.supervisorctl), "the history with answers");
    await same(
      both,
      "passwords",
      typing(
        [
          ["Username:", "ann\r"],
          ["Password:", "wrong\r"],
          ["Username:", "ann\r"],
          ["Password:", "p:w\r"],
          ["supervisor> ", "pid later\r"],
          ["supervisor> ", UP],
          ["pid later", UP],
          ["ann", CTRL_U],
          ["", CTRL_D],
        ],
        ["-s", "http://127.0.0.1:{port}"],
      ),
    );
    await same(
      both,
      "a password for one command",
      typing(
        [
          ["Username:", "ann\r"],
          ["Password:", "p:w\r"],
        ],
        ["-i", "-s", "http://127.0.0.1:{port}", "pid", "later"],
      ),
    );
    const args = ["-i", "-s", "http://127.0.0.1:{port}", "pid", "later"];
    assert.match(await typing([["Username:", CTRL_C]], args)("fvctl", both.fvctl), /Username:\n*--- status 130$/);
  });

  const foreground = t.test("fg", async () => {
    await same(
      both,
      "typing to a process",
      typing([
        [PROMPT, "fg cat\r"],
        ["<==", "hello\r"],
        ["hello", ""],
        ["hello", CTRL_D],
        [PROMPT, "fg cat\r"],
        ["<==", "again\r"],
        ["again", ""],
        ["again", CTRL_C],
        [PROMPT, "signal KILL cat\r"],
        [PROMPT, CTRL_D],
      ]),
    );
    await eventually(async () => (await both.fvctl.info("cat")).statename === "RUNNING");
    const keys: Keys = [
      ["<==", "last words\r"],
      ["last words", ""],
      ["last words", CTRL_C],
    ];
    const args = ["-c", "{dir}/ctl.conf", "fg", "cat"];
    assert.match(
      await typing(keys, args)("fvctl", both.fvctl),
      /last words\nlast words\nExiting foreground\n+--- status 0/,
    );
  });

  const pipes = t.test("without a terminal", async () => {
    await same(both, "lines", piping("pid later\n\nnonsense\nstop nope\nquit\nstatus\n"));
    await same(both, "no last newline", piping("status pair:right"));
    await same(both, "another server", piping("open http://127.0.0.1:1\n? nonsense\nshutdown\nno\nreload\n\nshutdown"));
    await same(both, "a question", piping("n\n", ["-i", "shutdown"]));
    await same(both, "a question without answer", piping("", ["-i", "reload"]));
  });
  await Promise.all([sessions, foreground, pipes]);
});

test("tail -f and maintail -f follow until Ctrl-C or the server's end", { skip }, async (t) => {
  const { fvctl: daemon } = await twins(t);
  const following = (...words: string[]) =>
    startProcess(t, process.execPath, [FVCTL, "-c", daemon.configFile, ...words]);
  const follower = await following("tail", "-f", "cat");
  await follower.says(/^==> Press Ctrl-C to exit <==\n/);
  await eventually(async () => {
    await daemon.rpc("sendProcessStdin", "cat", "hello\n");
    return follower.output().includes("hello\n");
  });
  assert.deepEqual(await follower.stop("SIGINT"), { code: 0, signal: null });
  assert.match(follower.output(), /hello\n\n$/);

  const main = await following("maintail", "-f");
  await main.says(/INFO \w+/);
  assert.deepEqual(await main.stop("SIGINT"), { code: 0, signal: null });

  const last = await following("tail", "-f", "cat");
  await last.says(/hello\n/);
  await daemon.stop();
  assert.deepEqual(await last.ended, { code: 0, signal: null });
  assert.match(last.output(), /hello\n$/, "and silently");
});
