// What the agent does with programs that will not start, stop or be quiet, with disks that refuse, with signals, and with
// configurations and sockets that cannot be used: real processes throughout.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../helpers/eventually.js";
import { FVAGENT, program } from "../helpers/paths.js";
import { allPids, childrenOf, commandOf, isAlive } from "../helpers/proc.js";
import { runProcess, startProcess } from "../helpers/processes.js";
import { exchange } from "../helpers/raw-http.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, type DaemonOptions, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const fvagent = (...args: string[]) => runProcess(process.execPath, [FVAGENT, ...args]);

/** Starts an agent; `prepare` fills its folder before. */
function startAgent(
  t: Scope,
  { prepare, ...options }: Omit<DaemonOptions, "kind"> & { readonly prepare?: (dir: string) => void },
): Promise<Daemon> {
  const dir = options.dir ?? tempDir(t);
  prepare?.(dir);
  return startDaemon(t, { kind: "fvagent", ...options, dir });
}

const inState = (daemon: Daemon, name: string, state: string) =>
  eventually(async () => (await daemon.info(name)).statename === state, {
    what: `${name} ${state}`,
    context: daemon.log,
  });

async function pidOf(daemon: Daemon, name: string): Promise<number> {
  const { pid } = await daemon.info(name);
  return Number(pid);
}

/** A sleeping program that has started a sleeping child, whose pid is in `FILE`. */
const FAMILY = `/bin/sh -c "sleep 1000001 & echo $! >{dir}/child; wait"`;

async function childOf(daemon: Daemon): Promise<number> {
  const file = join(daemon.dir, "child");
  return eventually(() => existsSync(file) && Number(readFileSync(file, "utf8").trim()));
}

describe("stopping", { concurrency: 4 }, () => {
  test("a child that ignores SIGTERM gets SIGKILL after stopwaitsecs", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:deaf]\ncommand = ${program("ignores-term.sh")}\nstartsecs = 0\nstopwaitsecs = 1\n`,
    });
    await eventually(async () => (await daemon.rpc("readProcessStdoutLog", "deaf", 0, 0)) === "ready\n");
    const pid = await pidOf(daemon, "deaf");
    const started = performance.now();
    await daemon.rpc("stopProcess", "deaf");
    const tookMs = performance.now() - started;
    assert.ok(tookMs > 950, `${tookMs} ms`);
    assert.equal(isAlive(pid), false);
    assert.match(daemon.log(), /INFO waiting for deaf to stop\n.*WARN killing 'deaf' \(\d+\) with SIGKILL\n/);
    assert.match(daemon.log(), /WARN stopped: deaf \(terminated by SIGKILL\)\n/);
  });

  test("stopasgroup reaches the children of a child, without it they are left", async (t) => {
    for (const [stopasgroup, survives] of [
      [true, false],
      [false, true],
    ] as const) {
      const daemon = await startAgent(t, {
        sections: `[program:family]\ncommand = ${FAMILY}\nstartsecs = 0\nstopasgroup = ${stopasgroup}\n`,
      });
      const child = await childOf(daemon);
      await daemon.rpc("stopProcess", "family");
      if (survives) {
        assert.ok(isAlive(child));
        process.kill(child, "SIGKILL");
      } else {
        await eventually(() => !isAlive(child));
      }
    }
  });

  test("killasgroup: SIGKILL reaches the children of a child that would not stop", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:family]
command = /bin/sh -c "trap '' TERM; (trap '' TERM; exec sleep 1000002) & echo $! >{dir}/child; while :; do sleep 1; done"
startsecs = 0
stopwaitsecs = 1
killasgroup = true
`,
    });
    const child = await childOf(daemon);
    await daemon.rpc("stopProcess", "family");
    await eventually(() => !isAlive(child));
  });

  test("SIGTERM stops everything, and leaves no child, socket or pid file", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:many]
command = ${program("leaves-a-trail.sh")} {dir}/trail
process_name = m%(process_num)d
numprocs = 20
startsecs = 0
`,
    });
    await inState(daemon, "many:m19", "RUNNING");
    const children = childrenOf(daemon.pid);
    assert.equal(children.length, 20);
    assert.deepEqual(await daemon.stop("SIGTERM"), { code: 0, signal: null });
    assert.deepEqual(children.filter(isAlive), []);
    assert.deepEqual(
      readdirSync(daemon.dir).filter((name) => /sock|pid/.test(name)),
      [],
    );
    assert.match(daemon.log(), /WARN received SIGTERM indicating exit request\n.* INFO waiting for m0, m1/);
  });
});

/** Program: command and further options; the `spawnerr` or the child's own error that tells why it cannot run. */
const HOPELESS: Readonly<Record<string, { readonly lines: string; readonly says: RegExp }>> = {
  missing: { lines: "command = /nowhere/at/all", says: /^can't find command '\/nowhere\/at\/all'$/ },
  unfound: { lines: "command = no-such-command-anywhere -x", says: /^can't find command 'no-such-command-anywhere'$/ },
  plain: { lines: "command = {dir}/plain", says: /^command at '.*\/plain' is not executable$/ },
  folder: { lines: "command = {dir}", says: /^command at '.*' is a directory$/ },
  quoting: { lines: `command = /bin/echo "half`, says: /^can't parse command/ },
  vanished: {
    lines: "command = /bin/sleep 1000\nstdout_logfile = {dir}/gone/out.log",
    says: /^unknown error making dispatchers for 'vanished': ENOENT$/,
  },
};

/** What a shell does not refuse before the fork but exec does, with what the child then says. */
const UNEXECUTABLE: Readonly<Record<string, { readonly lines: string; readonly says: RegExp }>> = {
  nohead: { lines: "command = {dir}/nohead", says: /^supervisor: couldn't exec .*\/nohead: ENOEXEC\n/ },
  nointerpreter: { lines: "command = {dir}/nointerpreter", says: /^supervisor: couldn't exec .*: ENOENT\n/ },
  nodir: {
    lines: "command = /bin/true\ndirectory = {dir}/nowhere",
    says: /^supervisor: couldn't chdir to .*\/nowhere: ENOENT\n/,
  },
};

test("what cannot run is explained, ends FATAL, and disturbs nobody else", async (t) => {
  const all = { ...HOPELESS, ...UNEXECUTABLE };
  const sections = Object.entries(all).map(([name, { lines }]) => `[program:${name}]\n${lines}\nstartretries = 1\n`);
  const daemon = await startAgent(t, {
    sections: `[program:good]\ncommand = /bin/sleep 1000\nstartsecs = 0\n${sections.join("")}`,
    prepare(dir) {
      writeFileSync(join(dir, "plain"), "#!/bin/sh\n");
      writeFileSync(join(dir, "nohead"), "neither a script nor a program\n", { mode: 0o755 });
      writeFileSync(join(dir, "nointerpreter"), "#!/no/such/interpreter\n", { mode: 0o755 });
      mkdirSync(join(dir, "gone"));
    },
  });
  const good = await pidOf(daemon, "good");
  rmSync(join(daemon.dir, "gone"), { recursive: true });
  process.kill(await pidOf(daemon, "vanished"), "SIGKILL");
  for (const [name, { says }] of Object.entries(HOPELESS)) {
    await inState(daemon, name, "FATAL");
    assert.match(String((await daemon.info(name)).spawnerr), says, name);
  }
  for (const [name, { says }] of Object.entries(UNEXECUTABLE)) {
    await inState(daemon, name, "FATAL");
    assert.match(String(await daemon.rpc("readProcessStderrLog", name, 0, 0)), says, name);
    assert.equal((await daemon.info(name)).spawnerr, "Exited too quickly (process log may have details)");
  }
  assert.equal(await pidOf(daemon, "good"), good);
});

test("a user that is not there is refused with its place before anything starts", async (t) => {
  const dir = tempDir(t);
  const file = join(dir, "s.conf");
  writeFileSync(file, "[supervisord]\n\n[program:x]\ncommand = /bin/true\nuser = nobody-of-that-name\n");
  for (const args of [["-t"], ["-n"]]) {
    const refused = await fvagent(...args, "-c", file);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /s\.conf:5: \[program:x\] user: Invalid user name nobody-of-that-name/);
  }
});

test("two hundred programs that crash at once are all tried, given up and reported", async (t) => {
  const daemon = await startAgent(t, {
    sections: `[program:good]\ncommand = /bin/sleep 1000\nstartsecs = 0\n
[program:bad]
command = ${program("exits.sh")} 1
process_name = b%(process_num)d
numprocs = 200
startretries = 1
startsecs = 60
stdout_logfile = NONE
stderr_logfile = NONE
`,
  });
  const good = await pidOf(daemon, "good");
  await eventually(
    async () => {
      const infos = await daemon.rpc("getAllProcessInfo");
      assert.ok(Array.isArray(infos));
      const fatal = infos.filter(
        (info) => typeof info === "object" && !Array.isArray(info) && info.statename === "FATAL",
      );
      return fatal.length === 200;
    },
    { what: "all FATAL", everyMs: 200, withinMs: 40_000 },
  );
  const count = (pattern: RegExp) => daemon.log().match(pattern)?.length ?? 0;
  assert.equal(count(/INFO spawned: 'b\d+'/g), 400);
  assert.equal(count(/WARN exited: b\d+ \(exit status 1; not expected\)/g), 400);
  assert.equal(count(/INFO gave up: b\d+ entered FATAL state/g), 200);
  assert.equal(await pidOf(daemon, "good"), good);
  assert.deepEqual(
    childrenOf(daemon.pid).map((pid) => commandOf(pid)),
    ["/bin/sleep 1000"],
    "no child and no zombie is left",
  );
});

describe("logs", { concurrency: 4 }, () => {
  test("rotation under a fast writer loses no byte", async (t) => {
    const lines = 400_000;
    const daemon = await startAgent(t, {
      sections: `[program:fast]
command = ${program("spews.sh")} ${lines}
startsecs = 0
stdout_logfile = {dir}/fast.log
stdout_logfile_maxbytes = 200KB
stdout_logfile_backups = 100
`,
    });
    await eventually(async () => (await daemon.rpc("readProcessStderrLog", "fast", 0, 0)) === "done\n");
    const files = () =>
      readdirSync(daemon.dir)
        .filter((name) => /^fast\.log(\.\d+)?$/.test(name))
        .sort((a, b) => Number(b.split(".")[2] ?? 0) - Number(a.split(".")[2] ?? 0));
    const whole = () =>
      files()
        .map((name) => readFileSync(join(daemon.dir, name), "latin1"))
        .join("");
    const expected = Array.from({ length: lines }, (_, n) => `line ${n + 1}\n`).join("");
    await eventually(() => whole().length >= expected.length, { what: "everything is written" });
    assert.ok(whole() === expected, "the pieces make up the whole");
    assert.ok(files().length > 10, `${files().length} files`);
  });

  test("the oldest backups go, the newest bytes stay", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:fast]
command = ${program("spews.sh")} 100000
startsecs = 0
stdout_logfile = {dir}/fast.log
stdout_logfile_maxbytes = 100KB
stdout_logfile_backups = 2
`,
    });
    const read = (name: string) => readFileSync(join(daemon.dir, name), "latin1");
    await eventually(() => (read("fast.log.1") + read("fast.log")).endsWith("line 100000\n"));
    assert.deepEqual(
      readdirSync(daemon.dir).filter((name) => name.startsWith("fast.log")),
      ["fast.log", "fast.log.1", "fast.log.2"],
    );
    const kept = read("fast.log.2") + read("fast.log.1") + read("fast.log");
    const numbers = [...kept.matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
    assert.ok(numbers.every((number, i) => i === 0 || number === Number(numbers[i - 1]) + 1));
  });

  test("a log on a full disk is reported once, and the program and its restarts go on", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:full]
command = ${program("counts.sh")} 0.05
startsecs = 0
stdout_logfile = {dir}/full
stdout_logfile_maxbytes = 0

[program:other]
command = /bin/sleep 1000
startsecs = 0
`,
      prepare: (dir) => symlinkSync("/dev/full", join(dir, "full")),
    });
    await eventually(() => /WARN cannot write log .*\/full: ENOSPC\n/.test(daemon.log()));
    const before = await pidOf(daemon, "full");
    process.kill(before, "SIGKILL");
    await eventually(
      async () => (await pidOf(daemon, "full")) !== before && (await daemon.info("full")).statename === "RUNNING",
    );
    process.kill(await pidOf(daemon, "other"), "SIGKILL");
    await inState(daemon, "other", "RUNNING");
    assert.ok((daemon.log().match(/cannot write log/g)?.length ?? 0) <= 2);
  });

  test("a log whose directory vanishes in a rotation comes back with the directory", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:fast]
command = ${program("counts.sh")} 0.01
startsecs = 0
stdout_logfile = {dir}/sub/fast.log
stdout_logfile_maxbytes = 1KB
stdout_logfile_backups = 1
`,
      prepare: (dir) => mkdirSync(join(dir, "sub")),
    });
    const sub = join(daemon.dir, "sub");
    const pid = await pidOf(daemon, "fast");
    await eventually(() => existsSync(join(sub, "fast.log.1")));
    renameSync(sub, join(daemon.dir, "elsewhere"));
    await eventually(() => /cannot (open|rotate) log .*fast\.log: ENOENT\n/.test(daemon.log()));
    mkdirSync(sub);
    await eventually(
      () => existsSync(join(sub, "fast.log")) && readFileSync(join(sub, "fast.log"), "utf8").includes("tick"),
    );
    assert.equal(await pidOf(daemon, "fast"), pid);
  });

  test("a log that is a pipe whose reader is stuck, or not there, delays nobody", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:stuck]
command = ${program("spews.sh")} 400000
startsecs = 0
stdout_logfile = {dir}/stuck
stdout_logfile_maxbytes = 0

[program:unread]
command = ${program("spews.sh")} 3
startsecs = 0
stdout_logfile = {dir}/unread
stdout_logfile_maxbytes = 0

[program:other]
command = /bin/sleep 1000
startsecs = 0
`,
      prepare(dir) {
        execFileSync("mkfifo", [join(dir, "stuck"), join(dir, "unread")]);
        // Both ends, so that it has a reader, which never reads.
        const reader = openSync(join(dir, "stuck"), "r+");
        t.after(() => closeSync(reader));
      },
    });
    await eventually(() => /WARN cannot write log .*\/stuck: EAGAIN\n/.test(daemon.log()));
    const before = await pidOf(daemon, "other");
    process.kill(before, "SIGKILL");
    await eventually(async () => (await pidOf(daemon, "other")) !== before);
    assert.equal((await daemon.info("stuck")).statename, "RUNNING");
    const late = await runProcess("head", ["-n", "3", join(daemon.dir, "unread")]);
    assert.equal(late.stdout, "line 1\nline 2\nline 3\n");
  });

  test("a log that is a pipe of a stopped program has nothing to read, and whoever asks delays nobody", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:idle]
command = /bin/sleep 1000
autostart = false
stdout_logfile = {dir}/pipe
stdout_logfile_maxbytes = 0
`,
      prepare: (dir) => void execFileSync("mkfifo", [join(dir, "pipe")]),
    });
    // More than there are threads for files.
    for (let times = 0; times < 6; times++) {
      assert.equal(await daemon.rpc("readProcessStdoutLog", "idle", 0, 0), "");
      assert.deepEqual(await daemon.rpc("tailProcessStdoutLog", "idle", 0, 100), ["", 0, false]);
    }
    const followed = await exchange(daemon.unix, "GET /logtail/idle HTTP/1.1\r\nHost: x\r\n\r\n");
    assert.match(followed.text, /^HTTP\/1\.1 200 OK\r\n/);
    assert.equal((await daemon.info("idle")).statename, "STOPPED");
  });

  test("a slow reader of a pipe gets every byte", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:fast]
command = ${program("spews.sh")} 60000
startsecs = 0
stdout_logfile = {dir}/pipe
stdout_logfile_maxbytes = 0
`,
      prepare: (dir) => void execFileSync("mkfifo", [join(dir, "pipe")]),
    });
    await inState(daemon, "fast", "RUNNING");
    const slow = await runProcess("sh", ["-c", `(sleep 0.5; head -n 60000) <>${join(daemon.dir, "pipe")} | md5sum`]);
    const expected = await runProcess("sh", ["-c", "seq -f 'line %.0f' 60000 | md5sum"]);
    assert.equal(slow.stdout, expected.stdout);
  });

  test("SIGUSR2 opens the main log and the logs of running programs again", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:clock]\ncommand = ${program("counts.sh")} 0.05\nstartsecs = 0\nstdout_logfile = {dir}/clock.log\n`,
    });
    const at = (name: string) => join(daemon.dir, name);
    await eventually(() => readFileSync(at("clock.log"), "utf8").includes("tick 2"));
    for (const name of ["clock.log", "main.log"]) renameSync(at(name), at(`old-${name}`));
    process.kill(daemon.pid, "SIGUSR2");
    await eventually(() => readFileSync(at("clock.log"), "utf8").includes("tick"));
    const old = readFileSync(at("old-clock.log"), "utf8") + readFileSync(at("clock.log"), "utf8");
    assert.match(old, /^(tick \d+\n)+/);
    const ticks = [...old.matchAll(/tick (\d+)/g)].map(([, n]) => Number(n));
    assert.deepEqual(
      ticks,
      ticks.map((_, i) => i + 1),
      "no tick is lost or doubled",
    );
    assert.match(
      readFileSync(at("old-main.log"), "utf8"),
      /INFO received SIGUSR2 indicating log reopen request\n.*INFO supervisord logreopen\n$/,
    );
    assert.ok(existsSync(at("main.log")));
  });
});

describe("configuration and sockets", { concurrency: 4 }, () => {
  test("SIGHUP stops everything and begins anew with the configuration as it is then", async (t) => {
    const daemon = await startAgent(t, { sections: "[program:one]\ncommand = /bin/sleep 1000\nstartsecs = 0\n" });
    const before = await pidOf(daemon, "one");
    const text = readFileSync(daemon.configFile, "utf8").replaceAll("one", "two");
    writeFileSync(daemon.configFile, text);
    process.kill(daemon.pid, "SIGHUP");
    await eventually(async () => (await daemon.info("two")).statename === "RUNNING");
    assert.equal(isAlive(before), false);
    await assert.rejects(daemon.info("one"), /BAD_NAME/);
    assert.equal(await daemon.rpc("getPID"), daemon.pid);
    assert.match(daemon.log(), /WARN received SIGHUP indicating restart request\n/);
  });

  test("SIGHUP with a broken configuration is refused aloud, and what runs goes on", async (t) => {
    const daemon = await startAgent(t, { sections: "[program:one]\ncommand = /bin/sleep 1000\nstartsecs = 0\n" });
    const pid = await pidOf(daemon, "one");
    const good = readFileSync(daemon.configFile, "utf8");
    writeFileSync(daemon.configFile, good.replace("startsecs = 0", "startsecs = soon"));
    process.kill(daemon.pid, "SIGHUP");
    await eventually(() =>
      /CRIT restart refused, all goes on: .*supervisord\.conf:\d+: \[program:one\] startsecs: .*soon/.test(
        daemon.log(),
      ),
    );
    assert.equal(await pidOf(daemon, "one"), pid);
    await assert.rejects(daemon.rpc("reloadConfig"), /fault 92: CANT_REREAD: /);
    writeFileSync(daemon.configFile, good);
    process.kill(daemon.pid, "SIGHUP");
    await eventually(
      async () => (await pidOf(daemon, "one")) !== pid && (await daemon.info("one")).statename === "RUNNING",
    );
  });

  test("a second agent on the same configuration is refused and harms nothing of the first", async (t) => {
    const daemon = await startAgent(t, {
      sections: `[program:clock]\ncommand = ${program("counts.sh")}\nstartsecs = 0\n`,
    });
    const files = readdirSync(daemon.dir).sort();
    const pid = await pidOf(daemon, "clock");
    for (const args of [["-n"], []]) {
      const second = await fvagent(...args, "-c", daemon.configFile);
      assert.equal(second.code, 2);
      assert.match(
        second.stderr,
        /^Error: Another program is already listening on a port that one of our HTTP servers is configured to use\. {2}Shut this program down first before starting supervisord\. \(.*\/sv\.sock\)\nFor help, use fvagent -h\n$/m,
      );
    }
    assert.deepEqual(readdirSync(daemon.dir).sort(), files);
    assert.equal(Number(readFileSync(join(daemon.dir, "main.pid"), "utf8")), daemon.pid);
    assert.equal(await pidOf(daemon, "clock"), pid);
    assert.equal(allPids().filter((each) => commandOf(each).includes(daemon.configFile)).length, 1);
  });

  test("a socket file that a killed agent left is replaced", async (t) => {
    const daemon = await startAgent(t, {
      sections: "[program:one]\ncommand = /bin/sleep 1\nstartsecs = 0\nautorestart = false\n",
    });
    process.kill(daemon.pid, "SIGKILL");
    await daemon.process.ended;
    assert.ok(existsSync(join(daemon.dir, "sv.sock")));
    const next = await startAgent(t, { dir: daemon.dir });
    assert.equal(await next.rpc("getPID"), next.pid);
  });

  test("a port in use is an error with exit status 2", async (t) => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    t.after(() => taken.close());
    const address = taken.address();
    assert.ok(address !== null && typeof address === "object");
    const dir = tempDir(t);
    const file = join(dir, "s.conf");
    writeFileSync(
      file,
      `[supervisord]\nlogfile = ${dir}/l\npidfile = ${dir}/p\nchildlogdir = ${dir}\n[inet_http_server]\nport = 127.0.0.1:${address.port}\n[program:x]\ncommand = /bin/sleep 1000\n`,
    );
    const refused = await fvagent("-n", "-c", file);
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      new RegExp(`Another program is already listening on a port .*127\\.0\\.0\\.1:${address.port}`),
    );
    assert.equal(existsSync(join(dir, "p")), false);
  });

  test("a broken configuration is told with every error's file, line and reason, exit status 2", async (t) => {
    const dir = tempDir(t);
    const file = join(dir, "s.conf");
    writeFileSync(join(dir, "more.conf"), "[program:b]\ncommand = /bin/true\nstopsignal = BOGUS\n");
    writeFileSync(
      file,
      `[supervisord]\nloglevel = shouting\n[include]\nfiles = more.conf\n[program:a]\nnumprocs = many\npriority = %(nobody)s\n`,
    );
    const reasons = [
      /^.*s\.conf:2: \[supervisord\] loglevel: .*shouting/m,
      /^.*s\.conf:6: \[program:a\] numprocs: .*many/m,
      /^.*s\.conf:7: \[program:a\] priority: .*nobody/m,
      /^.*more\.conf:3: \[program:b\] stopsignal: .*BOGUS/m,
    ];
    for (const args of [["-t"], ["-n"], []]) {
      const refused = await fvagent(...args, "-c", file);
      assert.equal(refused.code, 2);
      for (const reason of reasons) assert.match(refused.stderr, reason, args.join(" "));
    }
    const absent = await fvagent("-n", "-c", join(dir, "nothing.conf"));
    assert.equal(absent.code, 2);
    assert.match(absent.stderr, /could not find config file .*nothing\.conf/);
  });
});

describe("the command line", { concurrency: 4 }, () => {
  test("--help teaches, --version tells the version, whatever is wrong is said with exit status 2", async () => {
    const help = await fvagent("--help");
    assert.equal(help.code, 0);
    for (const words of [
      /^Usage: /m,
      /--configuration FILE/,
      /--nodaemon/,
      /--test/,
      /Exit status/,
      /SIGHUP/,
      /Examples?:/,
    ]) {
      assert.match(help.stdout, words);
    }
    assert.ok(help.stdout.split("\n").every((line) => line.length <= 110));
    for (const flag of ["-v", "--version"]) {
      const version = await fvagent(flag);
      assert.equal(version.stdout, "4.2.5\n");
      assert.equal(version.code, 0);
    }
    for (const [args, says] of [
      [["--nonsense"], /option --nonsense not recognized/],
      [["-Z"], /option -Z not recognized/],
      [["-c"], /option -c requires argument/],
      [["start"], /positional arguments are not supported: \['start'\]/],
      [["-e", "shouting"], /shouting/],
    ] as const) {
      const refused = await fvagent(...args);
      assert.equal(refused.code, 2, args.join(" "));
      assert.match(refused.stderr, says);
      assert.match(refused.stderr, /For help, use fvagent -h\n$/);
      assert.doesNotMatch(refused.stderr, /^\s+at /m);
    }
  });
});

test("an agent whose programs have all ended, with nobody to serve, goes on until it is told to stop", async (t) => {
  const dir = tempDir(t);
  const file = join(dir, "s.conf");
  writeFileSync(
    file,
    `[supervisord]\nlogfile = ${dir}/l\npidfile = ${dir}/p\nchildlogdir = ${dir}\n[program:x]\ncommand = ${program("exits.sh")} 0\nstartsecs = 0\n`,
  );
  const agent = await startProcess(t, process.execPath, [FVAGENT, "-n", "-c", file]);
  await agent.says(/INFO exited: x \(exit status 0; expected\)/);
  await sleep(500);
  assert.ok(isAlive(agent.pid));
  assert.deepEqual(await agent.stop("SIGTERM"), { code: 0, signal: null });
  assert.match(readFileSync(join(dir, "l"), "utf8"), /received SIGTERM/);
});

test("a reader of standard output that stops reading does not stop the agent", async (t) => {
  const dir = tempDir(t);
  const out = join(dir, "out");
  execFileSync("mkfifo", [out]);
  const reader = openSync(out, "r+");
  t.after(() => closeSync(reader));
  const file = join(dir, "s.conf");
  writeFileSync(
    file,
    `[supervisord]\nlogfile = ${dir}/l\npidfile = ${dir}/p\nchildlogdir = ${dir}\nloglevel = debug\n[program:x]\ncommand = ${program("exits.sh")} 0\nprocess_name = x%(process_num)d\nnumprocs = 200\nstartsecs = 0\nautorestart = true\n`,
  );
  const shell = await startProcess(t, "sh", ["-c", `exec ${process.execPath} ${FVAGENT} -n -c ${file} >${out}`]);
  // Far more than a pipe holds.
  await eventually(() => existsSync(join(dir, "l")) && statSync(join(dir, "l")).size > 200_000, { withinMs: 60_000 });
  assert.deepEqual(await shell.stop("SIGTERM"), { code: 0, signal: null });
});

test("in the background the launcher ends when the daemon is up, and the daemon outlives it", async (t) => {
  const dir = tempDir(t);
  const file = join(dir, "s.conf");
  writeFileSync(
    file,
    `[supervisord]\nlogfile = ${dir}/l\npidfile = ${dir}/p\nchildlogdir = ${dir}\n[unix_http_server]\nfile = ${dir}/s\n[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface\n[program:x]\ncommand = /bin/sleep 1000\nstartsecs = 0\n`,
  );
  const launcher = await startProcess(t, process.execPath, [FVAGENT, "-c", file]);
  assert.deepEqual(await launcher.ended, { code: 0, signal: null });
  const pid = await eventually(() => existsSync(join(dir, "p")) && Number(readFileSync(join(dir, "p"), "utf8")));
  t.after(() => isAlive(pid) && process.kill(pid, "SIGKILL"));
  assert.ok(isAlive(pid));
  const [child] = await eventually(() => {
    const found = childrenOf(pid);
    return found.length > 0 && found;
  });
  process.kill(pid, "SIGTERM");
  await eventually(() => !isAlive(pid) && !isAlive(child ?? 0));
  assert.equal(existsSync(join(dir, "p")), false);
});
