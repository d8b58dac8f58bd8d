// A disk that hangs, so that writes to it never return: it costs the logs that are on it, and nothing and nobody else.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { FreezableDisk } from "../helpers/freezable-disk.js";
import { isAlive } from "../helpers/proc.js";
import { defer, type Scope } from "../helpers/scope.js";
import { type Daemon, startDaemon } from "../helpers/supervisord.js";

/** Twice what waits in memory for a disk, and more than a pipe holds. */
const FLOOD_BYTES = 40 * 1024 * 1024;

const sections = (disk: string) => `[program:ticks]
command = /bin/sh -c "while :; do echo tick; sleep 0.05; done"
startsecs = 0
autorestart = true
stdout_logfile = ${disk}/ticks.log

[program:flood]
command = /bin/sh -c "head -c ${FLOOD_BYTES} /dev/zero; echo done >{dir}/flooded; exec sleep 1000041"
startsecs = 0
autostart = false
stdout_logfile = ${disk}/flood.log
stdout_logfile_maxbytes = 0

[program:fresh]
command = /bin/sh -c "echo hello; exec sleep 1000042"
startsecs = 0
autostart = false
stdout_logfile = ${disk}/fresh.log

[program:good]
command = /bin/sh -c "echo well; exec sleep 1000043"
startsecs = 0
autorestart = true
stdout_logfile = {dir}/good.log
`;

/** An agent whose main log and the logs of most programs are on the disk; null, with the test skipped, without one. */
async function world(
  t: Scope & { skip(reason: string): void },
): Promise<{ disk: FreezableDisk; daemon: Daemon } | null> {
  const disk = FreezableDisk.mount(t);
  if (typeof disk === "string") {
    t.skip(disk);
    return null;
  }
  const daemon = await startDaemon(t, {
    kind: "fvagent",
    supervisord: `logfile = ${disk.dir}/main.log\nchildlogdir = ${disk.dir}`,
    sections: sections(disk.dir),
  });
  // Before the daemon is ended, whatever becomes of the test: it could not end.
  defer(t, () => disk.thaw());
  await eventually(() => statSync(join(disk.dir, "ticks.log")).size > 0);
  return { disk, daemon };
}

async function pidOf(daemon: Daemon, name: string): Promise<number> {
  return Number((await daemon.info(name)).pid);
}

async function comesBack(daemon: Daemon, name: string): Promise<void> {
  const before = await pidOf(daemon, name);
  process.kill(before, "SIGKILL");
  await eventually(async () => ![0, before].includes(await pidOf(daemon, name)), { what: `${name} is back` });
}

test("programs start, restart and write on while the disk of their logs hangs, and it has what fits when it answers", async (t) => {
  const w = await world(t);
  if (w === null) return;
  const { disk, daemon } = w;
  disk.freeze();
  await comesBack(daemon, "good");
  await comesBack(daemon, "ticks");
  assert.equal(await daemon.rpc("startProcess", "fresh"), true);
  assert.equal(await daemon.rpc("startProcess", "flood"), true);
  await comesBack(daemon, "good");
  const good = () => readFileSync(join(daemon.dir, "good.log"), "utf8");
  await eventually(() => good() === "well\nwell\nwell\n", { what: "three lives of good are told", context: good });
  await assert.rejects(daemon.rpc("readProcessStdoutLog", "ticks", 0, 0), /FAILED/);
  assert.deepEqual(await daemon.rpc("tailProcessStdoutLog", "ticks", 0, 100), ["", 0, false]);
  // It waits at first, as for any slow reader; then what does not fit is lost.
  await eventually(() => existsSync(join(daemon.dir, "flooded")), { what: "the flood is over", withinMs: 60_000 });
  assert.match(daemon.process.output(), /WARN the disk of \S+ does not answer: logs on it wait/);
  await comesBack(daemon, "ticks");
  assert.equal(await daemon.rpc("stopProcess", "fresh"), true);

  disk.thaw();
  await eventually(() => /answers again; \d{7,} bytes/.test(daemon.process.output()), {
    context: daemon.process.output,
  });
  await eventually(async () => (await daemon.rpc("readProcessStdoutLog", "fresh", 0, 0)) === "hello\n");
  const main = await eventually(() => {
    const text = readFileSync(join(disk.dir, "main.log"), "utf8");
    return /answers again/.test(text) && text;
  });
  assert.equal(main, daemon.process.output(), "nothing of the main log is lost");
  const before = statSync(join(disk.dir, "ticks.log")).size;
  await eventually(() => statSync(join(disk.dir, "ticks.log")).size > before);
  assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
});

test("a daemon that is to end while the disk of its logs hangs stops every program and lets go of its sockets", async (t) => {
  const w = await world(t);
  if (w === null) return;
  const { disk, daemon } = w;
  const pids = [await pidOf(daemon, "good"), await pidOf(daemon, "ticks")];
  disk.freeze();
  await comesBack(daemon, "good");
  pids.push(await pidOf(daemon, "good"));
  process.kill(daemon.pid, "SIGTERM");
  await eventually(() => !pids.some(isAlive) && !existsSync(join(daemon.dir, "sv.sock")));
  await eventually(() => !existsSync(join(daemon.dir, "main.pid")));
  // The system itself keeps a process for as long as one of its threads waits for a disk.
  disk.thaw();
  assert.deepEqual(await daemon.process.ended, { code: 0, signal: null });
});
