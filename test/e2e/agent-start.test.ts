// How a daemon starts, beside the real supervisord: its command line, the background, its user.
import assert from "node:assert/strict";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NEEDS_BOTH, NEEDS_BOTH_AND_ROOT, onBoth } from "../helpers/both.js";
import { eventually } from "../helpers/eventually.js";
import { isAlive } from "../helpers/proc.js";
import { runProcess, startProcess } from "../helpers/processes.js";
import { defer, type Scope } from "../helpers/scope.js";
import { type DaemonKind, type DaemonOptions, daemonCommand, daemonConfig } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";
import { callRpc } from "../helpers/xmlrpc.js";

/** A folder with a config in it. */
function prepare(t: Scope, options: DaemonOptions): { readonly dir: string; readonly config: string } {
  const dir = options.dir ?? tempDir(t);
  const config = join(dir, "supervisord.conf");
  writeFileSync(config, daemonConfig(dir, null, options));
  return { dir, config };
}

const text = (dir: string, name: string) =>
  existsSync(join(dir, name)) ? readFileSync(join(dir, name), "utf8") : "none";

/** Lines of a log without what differs from run to run. */
const plain = (log: string, dir: string, pid: number) =>
  log
    .replaceAll(dir, "DIR")
    .replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /gm, "")
    .replaceAll(`pid ${pid}`, "pid SELF")
    .replace(/pid \d+/g, "pid PID")
    .replace(/---(\w+)-\w{8}\.log/g, "---$1-RANDOM.log");

const SAYS = `[program:says]
command = /bin/sh -c "id; umask; pwd; printf '\\033[31mred\\033[0m\\n'; echo end; exec sleep 1000061"
startsecs = 0
stdout_logfile = {dir}/out
`;

describe("the command line", { skip: NEEDS_BOTH, concurrency: 2 }, () => {
  test("every flag wins over the file", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const { dir, config } = prepare(t, {
        kind,
        supervisord: "loglevel = error\nstrip_ansi = false\nlogfile_maxbytes = 50MB\nnocleanup = false",
        sections: SAYS,
      });
      mkdirSync(join(dir, "auto"));
      const left = "old-stdout---flagged-abcdefgh.log";
      writeFileSync(join(dir, "auto", left), "");
      const flags = ["-l", join(dir, "flag.log"), "-y", "300", "-z", "2", "-j", join(dir, "flag.pid"), "-e", "debug"];
      const more = ["-i", "flagged", "-q", join(dir, "auto"), "-k", "-t", "-a", "100", "--minprocs=100", "--silent"];
      const daemon = await startProcess(t, daemonCommand(kind), ["-n", "-c", config, ...flags, ...more], { cwd: dir });
      await eventually(() => text(dir, "out").endsWith("end\n"), { context: daemon.output });
      await eventually(() => existsSync(join(dir, "flag.log.1")));
      const identifier = await callRpc({ socketPath: join(dir, "sv.sock") }, "supervisor.getIdentification");
      const pidfile = text(dir, "flag.pid") === `${daemon.pid}\n`;
      const { code } = await daemon.stop();
      return {
        ...{ code, identifier, pidfile, output: daemon.output(), said: text(dir, "out").replaceAll(dir, "DIR") },
        files: readdirSync(dir).filter((name) => !/sock|flag\.log\.2/.test(name)),
        auto: readdirSync(join(dir, "auto"))
          .map((name) => name.replace(/\w{8}\.log$/, "RANDOM.log"))
          .sort(),
        debug: /DEBG/.test(text(dir, "flag.log") + text(dir, "flag.log.1") + text(dir, "flag.log.2")),
      };
    });
    assert.deepEqual(ours, theirs);
    assert.equal(ours.identifier, "flagged");
    assert.match(ours.said, /\nred\nend\n$/);
  });

  const WRONG: readonly (readonly string[])[] = [
    ["--nope"],
    ["-x"],
    ["-c"],
    ["one", "two"],
    ["-m", "zz"],
    ["-n", "--nodaemon"],
    ["-e", "loud"],
    ["-e", "warning"],
    ["-a", "many"],
    ["-y", "1TB"],
    ["-z", "some"],
    ["-d", "/nowhere"],
    ["-q", "/nowhere"],
    ["-l", "/nowhere/at/all"],
    ["-j", "/nowhere/at/all"],
    ["-u", "nobody-of-that-name"],
    ["--no"],
    ["--minprocs=few"],
    ["-c", "/nowhere.conf"],
  ];

  test("what is wrong on it is said in supervisord's words, status 2", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const { dir, config } = prepare(t, { kind });
      const seen: Record<string, unknown> = {};
      for (const words of WRONG) {
        const { code, stdout, stderr } = await runProcess(
          daemonCommand(kind),
          [...(words.includes("-c") ? [] : ["-c", config]), ...words],
          { cwd: dir, withinMs: 60_000 },
        );
        const error = stderr.split("\n").find((line) => line.startsWith("Error: "));
        seen[words.join(" ")] = { code, stdout, error: error?.replaceAll(dir, "DIR") };
      }
      const version = await runProcess(daemonCommand(kind), ["--ver"]);
      const help = await runProcess(daemonCommand(kind), ["-n", "-?"]);
      return { ...seen, version, help: { code: help.code, stderr: help.stderr } };
    });
    assert.deepEqual(ours, theirs);
  });
});

/** What can be told of a daemon from outside. */
function outside(pid: number, dir: string): Record<string, unknown> {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const [, parent, group, session] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    files: [0, 1, 2].map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
    cwd: readlinkSync(`/proc/${pid}/cwd`).replaceAll(dir, "DIR"),
    umask: /^Umask:\s+(\d+)/m.exec(status)?.[1],
    hasParent: parent !== "1",
    leads: [group, session].map((id) => id === String(pid)),
  };
}

test("in the background it has a session of its own, no terminal, its directory and umask", {
  skip: NEEDS_BOTH,
}, async (t) => {
  const [theirs, ours] = await onBoth(async (kind) => {
    const dir = tempDir(t);
    mkdirSync(join(dir, "work"));
    const more = `umask = 027\ndirectory = ${dir}/work`;
    const { config } = prepare(t, { kind, dir, supervisord: more, sections: SAYS });
    const launcher = await runProcess(daemonCommand(kind), ["-c", config], { cwd: dir });
    const pid = await eventually(() => Number(text(dir, "main.pid")) || null);
    defer(t, () => isAlive(pid) && process.kill(pid, "SIGKILL"));
    await eventually(() => text(dir, "out").endsWith("end\n"), { context: () => text(dir, "main.log") });
    const seen = outside(pid, dir);
    process.kill(pid, "SIGTERM");
    await eventually(() => !isAlive(pid));
    const log = plain(text(dir, "main.log"), dir, pid).replace(/.*waiting for .*\n/g, "");
    return { launcher, seen, log, said: text(dir, "out").replaceAll(dir, "DIR"), left: readdirSync(dir).sort() };
  });
  const logs = (name: string) => name.replace(/\w{8}\.log$/, "RANDOM.log");
  assert.deepEqual({ ...ours, left: ours.left.map(logs) }, { ...theirs, left: theirs.left.map(logs) });
  assert.equal(ours.seen.umask, "0027");
});

test("a directory that cannot be entered is said, and the start goes on", { skip: NEEDS_BOTH_AND_ROOT }, async (t) => {
  const [theirs, ours] = await onBoth((kind) => asUser(t, kind, "directory = /root"));
  assert.deepEqual(ours, theirs);
});

test("as another user it and its programs are that user, with all groups, and nobody else", {
  skip: NEEDS_BOTH_AND_ROOT,
}, async (t) => {
  const [theirs, ours] = await onBoth((kind) => asUser(t, kind, ""));
  assert.deepEqual(ours, theirs);
  assert.match(ours.said, /^uid=\d+\(daemon\)/);
});

/** Runs a daemon in the background as `daemon`, with a program of root's in it. */
async function asUser(t: Scope, kind: DaemonKind, more: string) {
  const dir = tempDir(t);
  chmodSync(dir, 0o777);
  const sections = `${SAYS}[program:root]\ncommand = /bin/true\nuser = root\nstartsecs = 0\nautorestart = false\nstderr_logfile = {dir}/err\n`;
  const { config } = prepare(t, { kind, dir, supervisord: `user = daemon\n${more}`, sections });
  const launcher = await runProcess(daemonCommand(kind), ["-c", config], { cwd: dir });
  const pid = await eventually(() => Number(text(dir, "main.pid")) || null, { context: () => launcher.stderr });
  defer(t, () => isAlive(pid) && process.kill(pid, "SIGKILL"));
  await eventually(() => text(dir, "out").endsWith("end\n"), { context: () => text(dir, "main.log") });
  await eventually(() => text(dir, "err").includes("not spawned"));
  const groups = /^Groups:\s+(.*?)\s*$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  process.kill(pid, "SIGTERM");
  await eventually(() => !isAlive(pid));
  const log = plain(text(dir, "main.log"), dir, pid)
    .split("\n")
    .filter((line) => !/waiting for|^\w+ (spawned|exited|stopped|success)/.test(line));
  const owners = ["main.log", "out"].map((name) => statSync(join(dir, name)).uid);
  return { launcher, log, groups, owners, said: text(dir, "out").replaceAll(dir, "DIR"), refused: text(dir, "err") };
}
