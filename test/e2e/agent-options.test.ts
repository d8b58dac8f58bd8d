// What the options of [supervisord] and of programs do to the daemon and to its children, beside the real supervisord.
import assert from "node:assert/strict";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { FVAGENT } from "../helpers/paths.js";
import { isAlive } from "../helpers/proc.js";
import { runProcess, startProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, type DaemonKind, daemonCommand, daemonConfig, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const KINDS: readonly DaemonKind[] = ["supervisord", "fvagent"];
const NEEDS = without("supervisord");
const NEEDS_ROOT = NEEDS || (process.getuid?.() === 0 ? false : "needs root");

/** Runs the same on both daemons and answers what was seen of each. */
async function onBoth<T>(see: (kind: DaemonKind) => Promise<T>): Promise<[theirs: T, ours: T]> {
  const [theirs, ours] = await Promise.all(KINDS.map(see));
  if (theirs === undefined || ours === undefined) throw new Error("nothing seen");
  return [theirs, ours];
}

/** What a program that says something once has written. */
function said(daemon: Daemon, file = "out"): Promise<string> {
  const path = join(daemon.dir, file);
  return eventually(
    () => existsSync(path) && /\nend\n$/.test(readFileSync(path, "utf8")) && readFileSync(path, "utf8"),
    {
      what: `${daemon.kind} has ${file}`,
      context: daemon.log,
    },
  );
}

const plain = (daemon: Daemon, text: string) => text.replaceAll(daemon.dir, "DIR").replaceAll(`${daemon.pid}`, "PID");

describe("a child", { skip: NEEDS_ROOT, concurrency: 4 }, () => {
  test("has the environment that supervisord gives it, to the letter", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, {
        kind,
        env: { HOME: "/nowhere", ODD: "a=b c%d", EMPTY: "", FLEETVISOR_JOIN_TOKEN: kind === "fvagent" ? "secret" : "" },
        supervisord: `environment = FROM_DAEMON="d",BOTH="daemon",WORDS="two words"`,
        sections: `[program:web]
command = /bin/sh -c "env | grep -v FLEETVISOR_JOIN_TOKEN=; pwd; umask; echo end"
process_name = %(program_name)s-%(process_num)d
numprocs = 1
startsecs = 0
autorestart = false
directory = /tmp
umask = 027
environment = BOTH="program",HERE="%(here)s",SUPERVISOR_GROUP_NAME="mine"
stdout_logfile = {dir}/out
user = nobody
`,
      });
      const lines = plain(daemon, await said(daemon)).split("\n");
      return lines.filter((line) => !line.startsWith("_=")).sort();
    });
    assert.deepEqual(ours, theirs);
  });

  test("is not given the token that joins the fleet", async (t) => {
    const daemon = await startDaemon(t, {
      kind: "fvagent",
      env: { FLEETVISOR_JOIN_TOKEN: "secret" },
      sections: `[program:web]\ncommand = /bin/sh -c "env; echo end"\nstartsecs = 0\nautorestart = false\nstdout_logfile = {dir}/out\n`,
    });
    assert.doesNotMatch(await said(daemon), /secret/);
  });

  test("runs as its user with that user's groups, in its directory, with its umask", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, {
        kind,
        sections: `[program:who]
command = /bin/sh -c "id; umask; pwd; touch {dir}/open/made; echo end"
startsecs = 0
autorestart = false
directory = {dir}/open
umask = 007
user = daemon
stdout_logfile = {dir}/out
`,
        dir: openDir(t),
      });
      const text = plain(daemon, await said(daemon));
      return [text, statSync(join(daemon.dir, "open/made")).mode & 0o777];
    });
    assert.deepEqual(ours, theirs);
  });

  test("has the limits that the daemon's launcher had, and no descriptor of the daemon", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, {
        kind,
        sections: `[program:limits]
command = /bin/sh -c "ulimit -Sn; ulimit -Su; ls /proc/self/fd | wc -l; echo end"
startsecs = 0
autorestart = false
stdout_logfile = {dir}/out
`,
      });
      return said(daemon);
    });
    assert.equal(ours, theirs);
  });
});

/** A folder that anybody may enter, with another inside that anybody may write. */
function openDir(t: Scope): string {
  const dir = tempDir(t);
  chmodSync(dir, 0o755);
  mkdirSync(join(dir, "open"));
  chmodSync(join(dir, "open"), 0o777);
  return dir;
}

/** Runs a daemon that is expected to refuse, and answers its status and what it said. */
async function refused(
  t: Scope,
  kind: DaemonKind,
  before: readonly string[],
  lines: string,
  flags: readonly string[] = [],
) {
  const dir = tempDir(t);
  chmodSync(dir, 0o777);
  const config = join(dir, "supervisord.conf");
  const text = daemonConfig(dir, null, { kind, supervisord: lines }).replace(/^user = .*\n/m, "");
  writeFileSync(config, text);
  const [command = "", ...args] = [...before, daemonCommand(kind), "-n", "-c", config, ...flags];
  const { code, stderr } = await runProcess(command, args, { cwd: dir });
  const [first] = stderr.split("\n").filter((line) => line.startsWith("Error: "));
  return { code, first };
}

describe("limits", { skip: NEEDS_ROOT || without("setpriv", "prlimit"), concurrency: 4 }, () => {
  /** Of capabilities(7): may raise hard limits. */
  const CAP_SYS_RESOURCE = 24n;
  const NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

  for (const [option, limit] of [
    ["minfds", "--nofile=500:600"],
    ["minprocs", "--nproc=500:600"],
  ] as const) {
    test(`${option} beyond what the system allows is refused in supervisord's words, status 2`, async (t) => {
      const before = ["prlimit", limit, ...NOBODY];
      const [theirs, ours] = await onBoth((kind) => refused(t, kind, before, `${option} = 700`));
      assert.deepEqual(ours, theirs);
      assert.equal(ours.code, 2);
      assert.match(ours.first ?? "", /will only allow you to open 700 /);
    });
  }

  /** Starts a daemon with limits; answers how it refused or, what it raised and what a child of it was given. */
  async function raised(t: Scope, kind: DaemonKind, before: readonly string[], lines: string, dir = tempDir(t)) {
    const config = join(dir, "supervisord.conf");
    const sections = `[program:limits]
command = /bin/sh -c "grep -E 'Max (open files|processes)' /proc/self/limits; echo end"
startsecs = 0
autorestart = false
stdout_logfile = ${dir}/out
`;
    writeFileSync(config, daemonConfig(dir, null, { kind, supervisord: lines, sections }));
    const [command = "", ...args] = [...before, daemonCommand(kind), "-n", "-c", config];
    const daemon = await startProcess(t, command, args, { cwd: dir });
    const text = (name: string) => (existsSync(join(dir, name)) ? readFileSync(join(dir, name), "utf8") : "");
    await eventually(() => daemon.child.exitCode !== null || text("out").endsWith("end\n"), { context: daemon.output });
    const code = daemon.child.exitCode;
    if (code === null) await daemon.stop();
    return {
      code,
      error:
        daemon
          .output()
          .split("\n")
          .find((line) => line.startsWith("Error: ")) ?? null,
      increased: text("main.log").match(/INFO Increased .*/g) ?? [],
      said: text("out").replace(/ +/g, " "),
    };
  }

  test("what is below minfds and minprocs is raised, for children too, and said", async (t) => {
    const limits = ["prlimit", "--nofile=500:800", "--nproc=500:70000"];
    const [theirs, ours] = await onBoth((kind) => raised(t, kind, limits, "minfds = 700\nminprocs = 60000"));
    assert.deepEqual(ours, theirs);
    assert.deepEqual(ours.increased, [
      "INFO Increased RLIMIT_NOFILE limit to 700",
      "INFO Increased RLIMIT_NPROC limit to 60000",
    ]);
  });

  test("root raises a hard limit that is below minfds or minprocs too", async (t) => {
    const limits = ["prlimit", "--nofile=300:400", "--nproc=500:600"];
    const [theirs, ours] = await onBoth((kind) => raised(t, kind, limits, "minfds = 700\nminprocs = 60000"));
    assert.deepEqual(ours, theirs);
    const raisedBoth = "Max processes 60000 60000 processes\nMax open files 700 700 files\nend\n";
    const [, capabilities = "0"] = /^CapEff:\s+(\w+)/m.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
    // In a container root is often not allowed to; then it is refused by both.
    const may = (BigInt(`0x${capabilities}`) >> CAP_SYS_RESOURCE) & 1n;
    assert.equal(ours.said.replace(/ (?=\n)/g, ""), may === 1n ? raisedBoth : "");
    assert.equal(ours.code, may === 1n ? null : 2);
  });

  test("a limit above minfds and minprocs is left as it is, soft and hard", async (t) => {
    const limits = ["prlimit", "--nofile=900:1200", "--nproc=61000:62000"];
    const [theirs, ours] = await onBoth((kind) => raised(t, kind, limits, "minfds = 700\nminprocs = 60000"));
    assert.deepEqual(ours, theirs);
    assert.match(ours.said, /processes 61000 62000 .*\n.*files 900 1200 /);
    assert.deepEqual(ours.increased, []);
  });

  test("as PID 1, whom nobody started, it has programs run with the limits that it was given", async (t) => {
    const inside = ["unshare", "--pid", "--fork", "--kill-child"];
    const [unshare = "", ...flags] = inside;
    if ((await runProcess(unshare, [...flags, "true"])).code !== 0) return t.skip("no namespaces here");
    const limits = ["prlimit", "--nofile=900:1200"];
    const [theirs, ours] = await onBoth((kind) => raised(t, kind, [...limits, ...inside], "minfds = 700"));
    assert.deepEqual(ours, theirs);
    assert.match(ours.said, /files 900 1200 /);
  });

  test("who gives up being root gives up raising hard limits: refused as by supervisord", async (t) => {
    const limits = ["prlimit", "--nofile=300:400", "--nproc=500:600"];
    for (const lines of ["user = nobody\nminfds = 700", "user = nobody\nminfds = 300\nminprocs = 60000"]) {
      const [theirs, ours] = await onBoth((kind) => raised(t, kind, limits, lines, openDir(t)));
      assert.deepEqual(ours, theirs);
      assert.equal(ours.code, 2);
      assert.match(ours.error ?? "", /will only allow you to open \d+ /);
    }
  });

  test("nor may root of a user namespace, who is nobody in particular outside", async (t) => {
    const inside = ["prlimit", "--nofile=300:400", "unshare", "--user", "--map-root-user"];
    if ((await runProcess("unshare", ["--user", "--map-root-user", "true"])).code !== 0) {
      return t.skip("no user namespaces here");
    }
    const [theirs, ours] = await onBoth((kind) => raised(t, kind, inside, "minfds = 700", openDir(t)));
    assert.deepEqual(ours, theirs);
    assert.equal(ours.code, 2);
  });
});

describe("the daemon", { skip: NEEDS, concurrency: 4 }, () => {
  test("removes the AUTO logs of an earlier life of its identifier and no others, none with nocleanup", async (t) => {
    const left = [
      "a-stdout---test-abcdefgh.log",
      "a-stdout---test-abcdefgh.log.1",
      "a-stderr---test-abcdefgh.log",
      "a-stdout---other-abcdefgh.log",
      "a-stdout.log",
      "---test-abcdefgh.log",
    ];
    for (const nocleanup of [false, true]) {
      const [theirs, ours] = await onBoth(async (kind) => {
        const dir = tempDir(t);
        for (const name of left) writeFileSync(join(dir, name), "");
        await startDaemon(t, { kind, dir, supervisord: `nocleanup = ${nocleanup}` });
        return readdirSync(dir)
          .filter((name) => left.includes(name))
          .sort();
      });
      assert.deepEqual(ours, theirs, `nocleanup = ${nocleanup}`);
    }
  });

  test("names AUTO logs by process, channel and identifier, readable by nobody else", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const sections = `[program:cat]\ncommand = /bin/cat\nautostart = false\nredirect_stderr = false\n`;
      const { dir } = await startDaemon(t, { kind, supervisord: "", sections });
      const logs = readdirSync(dir).filter((name) => name.startsWith("cat-"));
      return logs
        .map((name) => [name.replace(/\w{8}\.log$/, "RANDOM.log"), statSync(join(dir, name)).mode & 0o777])
        .sort();
    });
    assert.deepEqual(ours, theirs);
  });

  test("with logfile=syslog keeps no file and answers that there is none", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const dir = tempDir(t);
      const config = join(dir, "supervisord.conf");
      const text = daemonConfig(dir, null, { kind }).replace(/^logfile = .*$/m, "logfile = syslog");
      writeFileSync(config, text);
      const { code } = await runProcess("timeout", ["-s", "TERM", "2", daemonCommand(kind), "-n", "-c", config], {
        cwd: dir,
      });
      return { code, files: readdirSync(dir) };
    });
    assert.deepEqual(ours, theirs);
  });

  test("with logfile=/dev/stdout writes there, and nowhere else", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const dir = tempDir(t);
      const config = join(dir, "supervisord.conf");
      const text = daemonConfig(dir, null, { kind, supervisord: "logfile_maxbytes = 0\nsilent = true" });
      writeFileSync(config, text.replace(/^logfile = .*$/m, "logfile = /dev/stdout"));
      // A pipe of the shell's: what Node gives a child is a socket, which nobody can open by name.
      const command = `${daemonCommand(kind)} -n -c ${config} | cat`;
      const shell = await startProcess(t, "sh", ["-c", command], { cwd: dir });
      const [, pid] = await shell.says(/started with pid (\d+)\n/);
      process.kill(Number(pid), "SIGTERM");
      const ended = await shell.ended;
      const said = shell.output().replace(/^\S+ \S+ /gm, "");
      return { ended, files: readdirSync(dir), said: said.replace(/pid \d+/g, "pid N") };
    });
    assert.deepEqual(ours, theirs);
  });
});

test("SIGHUP takes over every option of [supervisord] that can change, and keeps the pid", async (t) => {
  const daemon = await startDaemon(t, {
    kind: "fvagent",
    sections: "[program:a]\ncommand = /bin/sleep 1000021\nstartsecs = 0\n",
  });
  const text = readFileSync(daemon.configFile, "utf8");
  mkdirSync(join(daemon.dir, "logs"));
  writeFileSync(
    daemon.configFile,
    text
      .replace("main.log", "second.log")
      .replace("main.pid", "second.pid")
      .replace(/^childlogdir = .*$/m, `childlogdir = ${daemon.dir}/logs\nloglevel = debug\nenvironment = NEW="1"`)
      .replace("identifier = test", "identifier = renamed")
      .replaceAll("sv.sock", "second.sock")
      .replace("program:a", "program:b"),
  );
  process.kill(daemon.pid, "SIGHUP");
  const second = await eventually(() => {
    const log = readFileSync(join(daemon.dir, "second.log"), "utf8");
    return /INFO success: b entered/.test(log) && log;
  });
  assert.match(second, new RegExp(`INFO supervisord started with pid ${daemon.pid}\n`));
  assert.equal(readFileSync(join(daemon.dir, "second.pid"), "utf8"), `${daemon.pid}\n`);
  const gone = ["main.pid", "sv.sock"].filter((name) => existsSync(join(daemon.dir, name)));
  assert.deepEqual(gone, []);
  assert.deepEqual(
    readdirSync(join(daemon.dir, "logs")).map((name) => name.replace(/\w{8}\.log$/, "RANDOM.log")),
    ["b-stderr---renamed-RANDOM.log", "b-stdout---renamed-RANDOM.log"],
  );
  const pid = Number(/spawned: 'b' with pid (\d+)/.exec(second)?.[1]);
  assert.match(readFileSync(`/proc/${pid}/environ`, "latin1"), /\0NEW=1\0/);
});

test("a killed agent leaves its programs running; its next life has each gone before it starts it again", async (t) => {
  const program = (name: string, command: string, more = "") =>
    `[program:${name}]\ncommand = ${command}\nstartsecs = 0\nstopwaitsecs = 1\n${more}`;
  // The output of these goes to files: a pipe without a reader would end them by itself.
  const quiet = "stdout_logfile = NONE\nstderr_logfile = NONE\n";
  const sections =
    program("tame", "/bin/sleep 100022", quiet) +
    program("stubborn", `/bin/sh -c "trap '' TERM; while :; do sleep 0.1; done"`, "killasgroup = true\n") +
    program("off", "/bin/sleep 100023", "autostart = false\n") +
    program("reused", "/bin/sleep 100024");
  const first = await startDaemon(t, { kind: "fvagent", sections });
  const pidOf = async (name: string) => Number((await first.info(name)).pid);
  await first.rpc("startProcess", "off");
  const names = ["tame", "stubborn", "off", "reused"];
  const pids = new Map(await Promise.all(names.map(async (name) => [name, await pidOf(name)] as const)));
  t.after(() => {
    for (const pid of pids.values()) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  });
  await first.stop("SIGKILL");
  for (const pid of pids.values()) assert.ok(isAlive(pid));
  // Its pid in the record is now that of a stranger, which a pid that was given out again would be.
  const record = `${join(first.dir, "main.pid")}.children`;
  const { pid: stranger } = await startProcess(t, "/bin/sleep", ["100025"]);
  const reused = String(pids.get("reused"));
  writeFileSync(record, readFileSync(record, "utf8").replace(`"pid":${reused},`, `"pid":${stranger},`));

  const second = await startDaemon(t, { kind: "fvagent", sections, dir: first.dir });
  await eventually(async () => (await second.info("stubborn")).statename === "RUNNING", { context: second.log });
  await eventually(async () => (await second.info("tame")).statename === "RUNNING", { context: second.log });
  const log = second.log();
  for (const name of ["tame", "stubborn", "off"]) {
    const pid = pids.get(name);
    assert.ok(!isAlive(Number(pid)), `${name} ran as ${pid}`);
    const told = `${name}:${name} of an earlier life of this daemon`;
    assert.match(log, new RegExp(`WARN ${told} still runs as pid ${pid}: stopping it first\n`));
    const [gone, spawned] = [log.indexOf(`INFO ${told} is gone\n`), log.lastIndexOf(`INFO spawned: '${name}'`)];
    assert.ok(gone > 0 && (name === "off" || spawned > gone), `${name}: gone, then started\n${log}`);
  }
  assert.equal((await second.info("off")).statename, "STOPPED", "what does not start by itself is not started");
  assert.ok(isAlive(stranger) && isAlive(Number(reused)), "whose start time is another is a stranger");
  assert.match(log, new RegExp(`WARN reused:reused .* still runs as pid ${reused} and is left alone\n`));

  // A daemon that still runs has children, and no survivors.
  const third = await runProcess(process.execPath, [FVAGENT, "-n", "-c", second.configFile], { withinMs: 20_000 });
  assert.equal(third.code, 2);
  assert.equal((await second.info("tame")).statename, "RUNNING");
  await second.stop();
  assert.ok(!existsSync(record), "a clean end leaves no record");
});
