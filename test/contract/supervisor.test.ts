// The supervisor with real children: output kept, exits explained, stops in order, nothing left behind.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { encodeResult } from "@fleetvisor/proto/xmlrpc/codec";
import { systemClock } from "../../agent/src/run/clock.js";
import { startProcess, stopProcess } from "../../agent/src/run/control.js";
import type { ActivityLog, Clock } from "../../agent/src/run/ports.js";
import { PosixSpawner } from "../../agent/src/run/spawner.js";
import type { GroupSpec, ProcessSpec } from "../../agent/src/run/spec.js";
import { Supervisor } from "../../agent/src/run/supervisor.js";
import { processInfo, writtenInfo } from "../../agent/src/xmlrpc/describe.js";
import { eventually } from "../helpers/eventually.js";

let dir: string;
const spawner = new PosixSpawner({ childOpenFiles: 256 });
const lines: string[] = [];
const keep = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
const log: ActivityLog = {
  isDebug: false,
  critical: keep("CRIT"),
  error: keep("ERRO"),
  warn: keep("WARN"),
  info: keep("INFO"),
  debug: () => {},
  trace: () => {},
  blather: () => {},
};

before(() => {
  dir = mkdtempSync(join(tmpdir(), "fv-supervisor-"));
  spawner.start(() => {});
});
after(() => {
  spawner.stop();
  rmSync(dir, { recursive: true });
});

function program(name: string, command: string, more: Partial<ProcessSpec> = {}): GroupSpec {
  const process: ProcessSpec = {
    name,
    priority: 999,
    rules: {
      autorestart: false,
      startMs: 0,
      startRetries: 3,
      exitCodes: [0],
      stopSignal: 15,
      stopWaitMs: 5000,
      stopAsGroup: false,
      killAsGroup: false,
    },
    autostart: true,
    command,
    directory: null,
    umask: null,
    account: null,
    environment: {},
    serverUrl: null,
    redirectStderr: false,
    stdout: {
      logfile: join(dir, `${name}.out`),
      rotation: { maxBytes: 0, backups: 0 },
      syslog: false,
      eventsEnabled: false,
      captureMaxBytes: 0,
    },
    stderr: {
      logfile: join(dir, `${name}.err`),
      rotation: { maxBytes: 0, backups: 0 },
      syslog: false,
      eventsEnabled: false,
      captureMaxBytes: 0,
    },
    ...more,
  };
  return { name, priority: 999, processes: [process], listener: null, socket: null };
}

/** A supervisor with one group, its trail of states, and the way to its end. */
function supervise(spec: GroupSpec, clock: Clock = systemClock) {
  const supervisor = new Supervisor({
    clock,
    spawner,
    log,
    identifier: () => "test",
    childLogDir: dir,
    stripAnsi: false,
    syslog: () => {},
  });
  const trail: string[] = [];
  supervisor.subscribe((event) => {
    if (event.type === "state") trail.push(event.change.event.to);
  });
  const [process] = supervisor.addGroup(spec).processes;
  assert.ok(process);
  return { supervisor, process, trail };
}

const output = (name: string, channel: "out" | "err" = "out") => readFileSync(join(dir, `${name}.${channel}`), "utf8");

test("what a child wrote before it ended is all in its log, and in the report of its end", async () => {
  const { supervisor, process, trail } = supervise(
    program("writer", `/bin/sh -c "seq 1 20000; echo oops >&2; exit 3"`),
  );
  await startProcess(supervisor, process, "writer", { wait: false });
  await eventually(() => process.value.state === "EXITED");
  assert.equal(trail.join(" "), "STARTING RUNNING EXITED");
  assert.equal(output("writer").split("\n").length, 20001);
  assert.equal(output("writer", "err"), "oops\n");
  const end = process.lastEnd;
  assert.equal(end?.status.code, 3);
  assert.equal(end?.expected, false);
  assert.match(String(end?.stdoutTail), /19999\n20000\n$/);
  assert.equal(String(end?.stderrTail), "oops\n");
  await supervisor.shutdown("SHUTDOWN");
});

test("a child has a process group of its own, default signals, no other descriptors, the limits given", async () => {
  const { supervisor, process } = supervise(
    program(
      "facts",
      `/bin/sh -c "ps -o pid=,pgid= -p $$; ulimit -n; ls /proc/self/fd | wc -l; grep SigIgn /proc/self/status; pwd; umask"`,
      {
        directory: "/",
        umask: 0o27,
      },
    ),
  );
  await startProcess(supervisor, process, "facts", { wait: false });
  await eventually(() => process.value.state === "EXITED");
  const [ids = "", limit, descriptors, ignored = "", cwd, umask] = output("facts").trim().split("\n");
  const [pid, pgid] = ids.trim().split(/\s+/);
  assert.equal(pid, pgid);
  assert.equal(limit, "256");
  // 0, 1, 2 and the directory that ls reads.
  assert.equal(descriptors, "4");
  assert.equal(BigInt(`0x${ignored.split(/\s+/)[1]}`) & 0x7fffffffn, 0n);
  assert.equal(cwd, "/");
  assert.equal(umask, "0027");
  await supervisor.shutdown("SHUTDOWN");
});

test("a command that cannot be executed is explained in the child's error log, with exit status 127", async () => {
  const { supervisor, process } = supervise(program("nodir", "/bin/true", { directory: "/nowhere/at/all" }));
  await startProcess(supervisor, process, "nodir", { wait: false });
  await eventually(() => process.value.state === "EXITED");
  assert.equal(process.lastEnd?.status.code, 127);
  assert.equal(
    output("nodir", "err"),
    "supervisor: couldn't chdir to /nowhere/at/all: ENOENT\nsupervisor: child process was not spawned\n",
  );
  await supervisor.shutdown("SHUTDOWN");
});

test("a missing command is refused before anything is forked", async () => {
  const { supervisor, process } = supervise(program("missing", "no-such-command-anywhere"));
  await assert.rejects(startProcess(supervisor, process, "missing", { wait: true }), {
    message: "NO_FILE: can't find command 'no-such-command-anywhere'",
  });
  assert.equal(process.value.state, "STOPPED");
  await supervisor.shutdown("SHUTDOWN");
});

test("a child that ignores the stop signal is killed after stopwaitsecs", async () => {
  const spec = program("stubborn", `/bin/sh -c "trap '' TERM; echo ready; while :; do sleep 0.05; done"`);
  const [only] = spec.processes;
  assert.ok(only);
  const { supervisor, process } = supervise({
    ...spec,
    processes: [{ ...only, rules: { ...only.rules, stopWaitMs: 300 } }],
  });
  await startProcess(supervisor, process, "stubborn", { wait: true });
  await eventually(() => output("stubborn") === "ready\n");
  await stopProcess(supervisor, process, "stubborn", { wait: true });
  assert.equal(process.value.exit?.signal, 9);
  assert.ok(lines.some((line) => line.includes("killing 'stubborn'")));
  await supervisor.shutdown("SHUTDOWN");
});

test("a grandchild that keeps the pipe open does not delay the report of the exit", async () => {
  const { supervisor, process } = supervise(program("forker", `/bin/sh -c "echo mine; sleep 2 & exit 0"`));
  await startProcess(supervisor, process, "forker", { wait: false });
  await eventually(() => process.value.state === "EXITED", { withinMs: 1500 });
  assert.equal(output("forker"), "mine\n");
  await supervisor.shutdown("SHUTDOWN");
});

test("what is written to a child's standard input arrives", async () => {
  const { supervisor, process } = supervise(program("cat", "/bin/cat"));
  await startProcess(supervisor, process, "cat", { wait: true });
  process.child?.writeStdin(Buffer.from("hello ☃\n"));
  await eventually(() => output("cat") === "hello ☃\n");
  await supervisor.shutdown("SHUTDOWN");
  assert.equal(process.value.state, "STOPPED");
});

test("a wall clock that is set back delays no start, retry or stop, and the times shown are the clock's", async () => {
  let setBackMs = 0;
  const clock: Clock = { ...systemClock, wallMs: () => systemClock.wallMs() - setBackMs };
  const spec = program("clock", "/bin/sleep 1000041");
  const rules = { ...spec.processes[0]?.rules, startMs: 200, stopWaitMs: 300 } as ProcessSpec["rules"];
  const { supervisor, process, trail } = supervise(program("clock", "/bin/sleep 1000041", { rules }), clock);
  process.start();
  setBackMs = 3_600_000;
  await eventually(() => process.value.state === "RUNNING");
  globalThis.process.kill(process.value.pid, "SIGSTOP");
  process.stop();
  await supervisor.whenStopped(process);
  assert.deepEqual(trail, ["STARTING", "RUNNING", "STOPPING", "STOPPED"]);
  const { startedMs, stoppedMs } = process.times;
  assert.ok(stoppedMs < startedMs);
});

test("what is kept of a process's text is what would be written anew, at every change and at every time", async () => {
  const { supervisor, process, trail } = supervise(program("kept", "sleep 60"));
  let compared = 0;
  supervisor.subscribe((event) => {
    if (event.type !== "state") return;
    const now = systemClock.wallMs();
    for (const at of [now, now, now + 1_500, now + 90_000_000]) {
      assert.equal(encodeResult(writtenInfo(process, at)), encodeResult(processInfo(process, at)));
      compared++;
    }
  });
  for (let life = 0; life < 2; life++) {
    await startProcess(supervisor, process, "kept", { wait: true });
    await stopProcess(supervisor, process, "kept", { wait: true });
  }
  assert.equal(trail.join(" "), "STARTING RUNNING STOPPING STOPPED STARTING RUNNING STOPPING STOPPED");
  assert.equal(compared, 32);
  await supervisor.shutdown("SHUTDOWN");
});
