// fvctl's direct mode beside the real supervisorctl 4.2.5: the same words on twin daemons give the same stdout, stderr, status.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { FVCTL } from "../helpers/paths.js";
import { freePort } from "../helpers/ports.js";
import { type Finished, runProcess, startProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, type DaemonKind, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

/** Daemons that both clients are tried on; fvagent joins when it is asked for, `supervisord` being what pins the truth. */
const DAEMONS = (process.env.CTL_DAEMONS ?? "supervisord").split(",") as DaemonKind[];

const skip = without("supervisord", "supervisorctl");

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

[program:quits]
command = /bin/false
autostart = false
startretries = 0

[program:a-program-with-quite-a-long-name]
command = /bin/sleep 1000
startsecs = 0
autostart = false

[program:worker]
command = /bin/sleep 1000
process_name = %(program_name)s_%(process_num)02d
numprocs = 2
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

type Client = "supervisorctl" | "fvctl";

function run(client: Client, args: readonly string[], stdin?: string, cwd?: string): Promise<Finished> {
  const options = { ...(stdin === undefined ? {} : { stdin }), ...(cwd === undefined ? {} : { cwd }) };
  return client === "supervisorctl"
    ? runProcess("supervisorctl", args, options)
    : runProcess(process.execPath, [FVCTL, ...args], options);
}

/** What may differ between two runs: folders, process ids, times, the Python source line, the program's own name. */
function normalized(finished: Finished, daemon: { readonly dir: string }): Finished {
  const clean = (text: string) =>
    text
      .replaceAll(daemon.dir, "DIR")
      .replace(/\bpid \d+/g, "pid N")
      .replace(/^\d+$/gm, (pid) => (pid === "0" ? pid : "N"))
      .replace(/\d+:\d\d:\d\d/g, "H:MM:SS")
      .replace(/[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, "DATE")
      .replace(/file: \S+ line: \d+$/gm, "file: FILE line: N")
      .replace(/^(For help, use )\S+/m, "$1CTL");
  return { ...finished, stdout: clean(finished.stdout), stderr: clean(finished.stderr) };
}

/** Help is told in our own words: what follows an error that ends in help is cut. */
function withoutHelp(finished: Finished): Finished {
  return { ...finished, stdout: finished.stdout.replace(/^((?:Error|ERROR): .*\n)[\s\S]*$/, "$1") };
}

/** Results of a whole group come as the processes finish, which is no matter of the client. */
function inOrder(finished: Finished): Finished {
  return { ...finished, stdout: finished.stdout.split("\n").sort().join("\n") };
}

interface Twins {
  readonly supervisorctl: Daemon;
  readonly fvctl: Daemon;
}

async function twins(t: Scope, kind: DaemonKind, inet?: { username: string; password: string }): Promise<Twins> {
  const options = { kind, sections: SECTIONS, ...(inet === undefined ? {} : { inet }) };
  const [supervisorctl, fvctl] = await Promise.all([startDaemon(t, options), startDaemon(t, options)]);
  for (const daemon of [supervisorctl, fvctl]) {
    await eventually(async () => (await daemon.info("pair:right")).statename === "RUNNING");
    await eventually(async () => String(await daemon.rpc("readProcessStderrLog", "talker", 0, 0)) !== "");
  }
  return { supervisorctl, fvctl };
}

/** Runs the words with each client on its own daemon and expects the same of both; answers what was seen. */
async function same(
  both: Twins,
  words: readonly string[],
  options: { help?: boolean; stdin?: string; anyOrder?: boolean } = {},
) {
  const seen = async (client: Client) => {
    const daemon = both[client];
    const args = words.map((word) => word.replaceAll("{dir}", daemon.dir).replaceAll("{port}", `${daemon.inet?.port}`));
    const where = words.some((word) => /^-[cs]/.test(word)) ? [] : ["-c", daemon.configFile];
    const finished = normalized(await run(client, [...where, ...args], options.stdin, daemon.dir), daemon);
    if (options.help === true) return withoutHelp(finished);
    return options.anyOrder === true ? inOrder(finished) : finished;
  };
  const [expected, actual] = await Promise.all([seen("supervisorctl"), seen("fvctl")]);
  assert.deepEqual(actual, expected, `fvctl ${words.join(" ")}`);
  return actual;
}

/** What supervisorctl 4.2.5 shows for the same; it takes 30 s to leave, so it is not run each time. */
const FOREGROUND = "==> Press Ctrl-C to exit <==\nhello\nExiting foreground\n";

/** `fg` with a person's pauses: the line comes back from `cat` by its log before the input ends. */
async function foreground(daemon: Daemon): Promise<void> {
  const script = '(sleep 1; echo hello; sleep 2) | "$0" "$1" -c "$2" fg cat';
  const { stdout, code } = await runProcess("/bin/sh", ["-c", script, process.execPath, FVCTL, daemon.configFile]);
  assert.deepEqual({ stdout, code }, { stdout: FOREGROUND, code: 0 });
}

for (const kind of DAEMONS) {
  test(`fvctl is supervisorctl, on ${kind}`, { skip }, async (t) => {
    const both = await twins(t, kind, { username: "ann", password: "p:w" });

    await t.test("every command prints and answers the same", async () => {
      const plain: readonly string[] = [
        "status",
        "status all",
        "status cat worker:* left pair:left nope nope:* nope:x cat",
        "status later",
        "status cat",
        "pid",
        "pid cat",
        "pid cat later nope pair:left pair:*",
        "pid all",
        "version",
        "avail",
        "tail talker",
        "tail talker stderr",
        "tail -4 talker STDOUT",
        "tail -0 talker",
        "tail silent",
        "tail later",
        "tail nope",
        "tail pair:*",
        "tail -x talker",
        "tail -f",
        "tail -99999999999 talker",
        "tail talker middle",
        "maintail -0x",
        "maintail what",
        "start cat",
        "start cat later gone notexec quits nope nope:* pair:*",
        "status",
        "start a-program-with-quite-a-long-name",
        "status a-program-with-quite-a-long-name cat",
        "stop cat",
        "stop cat nope nope:* pair:* worker:worker_00",
        "stop pair:*",
        "start all",
        "restart cat worker:*",
        "restart later nope",
        "signal HUP nope nope:*",
        "signal NOSUCH talker",
        "signal SIGCONT talker pair:*",
        "signal CONT all",
        "signal 0 gone",
        "clear talker",
        "clear talker nope pair:* silent",
        "clear all",
        "add cat",
        "add nope",
        "add",
        "remove nope cat",
        "remove",
        "update nope",
        "update",
        "reread",
        "open",
        "open ftp://x",
        "nonsense",
        "status; cat",
        "!ls",
        "quit",
        "EOF",
        "help nonsense",
        "stop all",
        "start worker:*",
        "status",
      ];
      for (const line of plain) {
        const anyOrder = /^(re)?st(art|op)\b.*(all|:\*)/.test(line);
        await same(both, line.split(" "), { anyOrder });
      }
      for (const line of [
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
      ]) {
        await same(both, line.split(" "), { help: true });
      }
      for (const line of ["fg nope", "fg later", "fg a b"]) await same(both, line.split(" "));
    });

    await t.test("over TCP with passwords", async () => {
      const url = "http://127.0.0.1:{port}";
      await same(both, ["-s", url, "-u", "ann", "-p", "p:w", "status", "cat"]);
      await same(both, [`--serverurl=${url}`, "--user", "ann", "--pass=p:w", "pid", "later"]);
      await same(both, ["-s", url, "status"]);
      await same(both, ["-s", url, "-u", "ann", "-p", "wrong", "start", "cat"]);
      await same(both, ["-s", url, "-u", "ann", "avail"]);
      await same(both, ["-s", "unix://{dir}/sv.sock", "status", "cat"]);
    });

    await t.test("the shell runs status, then lines, and always ends with 0", async () => {
      await same(both, [], { stdin: "pid later\n\nnonsense\nstop nope\nquit\nstatus\n" });
      await same(both, [], { stdin: "status cat" });
      await same(both, [], { stdin: "open http://127.0.0.1:1\n? nonsense\nshutdown\nno\nreload\n\n" });
      await same(both, ["-i", "shutdown"], { stdin: "n\n" });
      await same(both, ["start", "cat"]);
      await foreground(both.fvctl);
    });

    await t.test("tail -f and maintail -f follow until Ctrl-C", async () => {
      await same(both, ["tail", "-f", "nope"]);
      await same(both, ["tail", "-f", "silent"]);
      const daemon = both.fvctl;
      const follower = await startProcess(t, process.execPath, [FVCTL, "-c", daemon.configFile, "tail", "-f", "cat"]);
      await follower.says(/^==> Press Ctrl-C to exit <==\n/);
      await eventually(async () => {
        await daemon.rpc("sendProcessStdin", "cat", "hello\n");
        return follower.output().includes("hello\n");
      });
      assert.deepEqual(await follower.stop("SIGINT"), { code: 0, signal: null });
      assert.match(follower.output(), /hello\n\n$/);

      const main = await startProcess(t, process.execPath, [FVCTL, "-c", daemon.configFile, "maintail", "-f"]);
      await main.says(/INFO \w+/);
      assert.deepEqual(await main.stop("SIGINT"), { code: 0, signal: null });
    });

    await t.test("shutdown and reload, and what is said when nobody listens", async () => {
      await same(both, ["reload"]);
      for (const daemon of [both.supervisorctl, both.fvctl]) {
        await eventually(async () => (await daemon.info("cat")).statename === "RUNNING");
      }
      const words = ["-c", both.fvctl.configFile, "tail", "-f", "talker"];
      const follower = await startProcess(t, process.execPath, [FVCTL, ...words]);
      await follower.says(/one\ntwo\n/);
      await same(both, ["shutdown"]);
      assert.deepEqual(await follower.ended, { code: 0, signal: null }, "the server's end ends a follower");
      assert.match(follower.output(), /two\n$/, "and silently");
      await Promise.all([both.supervisorctl.process.ended, both.fvctl.process.ended]);
      for (const line of [
        "status",
        "start cat",
        "pid",
        "avail",
        "shutdown",
        "reload",
        "tail -f cat",
        "update",
        "add x",
      ]) {
        await same(both, line.split(" "));
      }
    });
  });

  test(`a changed config is reread, updated, added and removed alike, on ${kind}`, { skip }, async (t) => {
    const both = await twins(t, kind);
    const rewrite = (change: (text: string) => string) => {
      for (const daemon of [both.supervisorctl, both.fvctl]) {
        writeFileSync(daemon.configFile, change(readFileSync(daemon.configFile, "utf8")));
      }
    };
    rewrite((text) =>
      text
        .replace("[program:later]", "[program:new]\ncommand = /bin/sleep 1000\nstartsecs = 0\n\n[program:later]")
        .replace("programs = left,right", "programs = left,right\npriority = 5")
        .replace(/\[program:silent\][^[]*/, ""),
    );
    await same(both, ["reread"]);
    await same(both, ["update", "nope", "new"]);
    await same(both, ["update", "all"]);
    await same(both, ["update"]);
    await same(both, ["avail"]);
    await same(both, ["stop", "cat"]);
    await same(both, ["remove", "cat"]);
    await same(both, ["add", "cat"]);
    rewrite((text) => text.replace("[program:cat]\ncommand = /bin/cat", "[program:cat]\nnothing = 1"));
    await same(both, ["reread"]);
    await same(both, ["update"]);
  });
}

test("a wrong command line or config is said as supervisorctl says it", { skip }, async (t) => {
  const dir = tempDir(t);
  const port = await freePort();
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const none = file("none.conf", "[supervisord]\n");
  const bad = file("bad.conf", "[supervisorctl]\nserverurl = unix://%(nowhere)s/x\n");
  const odd = file("odd.conf", "[supervisorctl]\nserverurl = ftp://x\n");
  const here = file(
    "here.conf",
    "[DEFAULT]\nusername = u\n[supervisorctl]\nserverurl : unix://%(here)s/../no.sock ; c\n",
  );
  const env = file("env.conf", "[supervisorctl]\nserverurl = unix://%(ENV_HOME)s/%%/no.sock\n");
  const tcp = file("tcp.conf", `[supervisorctl]\nserverurl = http://127.0.0.1:${port}\n`);
  const lines: readonly (readonly string[])[] = [
    ["-x", "status"],
    ["-c"],
    ["--nope"],
    ["--s"],
    ["--interactive=1"],
    ["-s", "nourl", "status"],
    ["-s", "http://a", "-s", "http://b", "status"],
    ["-c", join(dir, "missing.conf"), "status"],
    ["-c", dir, "status"],
    ["-c", none, "status"],
    ["-c", odd, "status"],
    ["-c", odd, "pid"],
    ["-c", here, "status"],
    ["-c", here, "shutdown"],
    ["-c", env, "pid"],
    ["-c", tcp, "status"],
    ["-c", tcp, "start", "x"],
    ["-c", tcp, "shutdown"],
    ["-c", tcp, "reload"],
    ["-c", tcp, "tail", "-f", "x"],
    ["-s", "http://no-such-host.invalid:1", "pid"],
  ];
  for (const args of lines) {
    const [expected, actual] = await Promise.all([run("supervisorctl", args), run("fvctl", args)]);
    assert.deepEqual(normalized(actual, { dir }), normalized(expected, { dir }), args.join(" "));
  }
  // The names on offer are those of each process's own environment; all else is the same.
  const cut = (finished: Finished) =>
    finished.stderr.replace(/(Available names: ).*/, "$1").replace(/^(For help, use )\S+/m, "$1CTL");
  const [expected, actual] = await Promise.all([
    run("supervisorctl", ["-c", bad, "status"]),
    run("fvctl", ["-c", bad, "status"]),
  ]);
  assert.equal(cut(actual), cut(expected));
  assert.equal(actual.code, expected.code);
});

test("an INI syntax error is told with file and line, where supervisorctl shows a traceback", async (t) => {
  const dir = tempDir(t);
  const conf = join(dir, "x.conf");
  writeFileSync(conf, "[supervisorctl]\nserverurl = unix:///x\nwhat is this\n");
  const finished = await run("fvctl", ["-c", conf, "status"]);
  assert.equal(finished.code, 2);
  assert.equal(
    finished.stderr,
    `Error: Source contains parsing errors: '${conf}'\n\t[line  3]: 'what is this\\n'\nFor help, use fvctl -h\n`,
  );
});

test("a reader that goes away ends fvctl quietly", { skip }, async (t) => {
  const sections = '[program:ticks]\ncommand = /bin/sh -c "while :; do echo tick; sleep 0.2; done"\n';
  const daemon = await startDaemon(t, { kind: "supervisord", sections });
  const script = '"$0" "$1" -c "$2" tail -f ticks | head -1';
  const args = ["-c", script, process.execPath, FVCTL, daemon.configFile];
  const finished = await runProcess("/bin/sh", args, { withinMs: 20_000 });
  assert.equal(finished.stdout, "==> Press Ctrl-C to exit <==\n");
  assert.equal(finished.stderr, "");
});
