// Programs at their worst: very many, crashing for ever, pouring out output, writing bytes that are no text, stopped by a signal,
// leaving children behind. Whatever one does, the others and the daemon's answers must not wait.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../helpers/eventually.js";
import { program } from "../helpers/paths.js";
import { childrenOf, isAlive } from "../helpers/proc.js";
import { startProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const startAgent = (t: Scope, sections: string, dir?: string): Promise<Daemon> =>
  startDaemon(t, { kind: "fvagent", sections, ...(dir === undefined ? {} : { dir }) });

const pidOf = async (daemon: Daemon, name: string): Promise<number> => Number((await daemon.info(name)).pid);

/** Kills a program and answers how long its successor took, ms. */
async function restartMs(daemon: Daemon, name: string): Promise<number> {
  const before = await eventually(async () => (await pidOf(daemon, name)) || null);
  const started = performance.now();
  process.kill(before, "SIGKILL");
  await eventually(async () => ![0, before].includes(await pidOf(daemon, name)), { everyMs: 5 });
  return performance.now() - started;
}

const GOOD = "[program:good]\ncommand = /bin/sleep 1000031\nstartsecs = 0\nautorestart = true\n";
/** That it comes while others are busy is told here; how soon, by the bench. */
const SOON_MS = 15_000;

describe("hard cases", { concurrency: 3 }, () => {
  test("three hundred programs start, answer and stop, and nothing is left", async (t) => {
    const daemon = await startAgent(
      t,
      `[program:many]\ncommand = /bin/sleep 1000032\nprocess_name = m%(process_num)03d\nnumprocs = 300\nstartsecs = 0\n`,
    );
    await eventually(() => childrenOf(daemon.pid).length === 300);
    const infos = await daemon.rpc("getAllProcessInfo");
    assert.ok(Array.isArray(infos) && infos.length === 300);
    const results = await daemon.rpc("stopProcessGroup", "many", true);
    assert.ok(Array.isArray(results) && results.length === 300);
    assert.deepEqual(childrenOf(daemon.pid), []);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
  });

  test("twenty programs that crash for ever are tried about once a second each, and delay nobody", async (t) => {
    const daemon = await startAgent(
      t,
      `${GOOD}[program:bad]
command = /bin/sh -c "exit 3"
process_name = b%(process_num)02d
numprocs = 20
startsecs = 0
autorestart = true
`,
    );
    const lives = () => (daemon.log().match(/spawned: 'b\d\d'/g) ?? []).length;
    const before = lives();
    assert.ok((await restartMs(daemon, "good")) < SOON_MS);
    await sleep(3_000);
    const rate = (lives() - before) / 20 / 3;
    assert.ok(rate > 0.3 && rate < 3, `${rate} lives a second`);
    assert.deepEqual(await daemon.stop(), { code: 0, signal: null });
  });

  test("200 MB at full speed are all kept, and meanwhile others are restarted and questions answered", async (t) => {
    const bytes = 200 * 1024 * 1024;
    const daemon = await startAgent(
      t,
      `${GOOD}[program:flood]
command = /bin/sh -c "head -c ${bytes} /dev/zero; echo done >{dir}/done; exec sleep 1000033"
startsecs = 0
stdout_logfile = {dir}/flood.log
stdout_logfile_maxbytes = 0
autostart = false
`,
    );
    await daemon.rpc("startProcess", "flood");
    // Once: of several short lives in a row each but the first waits a second on purpose.
    assert.ok((await restartMs(daemon, "good")) < SOON_MS);
    let slowestMs = 0;
    while (!existsSync(join(daemon.dir, "done"))) {
      const asked = performance.now();
      await daemon.rpc("getState");
      slowestMs = Math.max(slowestMs, performance.now() - asked);
    }
    assert.ok(slowestMs < SOON_MS, `${slowestMs} ms`);
    await eventually(() => statSync(join(daemon.dir, "flood.log")).size === bytes);
  });

  test("NUL and invalid UTF-8 are kept to the byte, and their log can be read and tailed", async (t) => {
    const bytes = Buffer.concat([Buffer.from([...Array(256).keys()]), Buffer.from("\xe2\x82 ende\n", "latin1")]);
    const dir = tempDir(t);
    writeFileSync(join(dir, "bytes"), bytes);
    const daemon = await startAgent(
      t,
      `[program:raw]\ncommand = /bin/cat {dir}/bytes\nstartsecs = 0\nautorestart = false\nstdout_logfile = {dir}/raw.log\n`,
      dir,
    );
    await eventually(() => readFileSync(join(dir, "raw.log")).equals(bytes));
    const text = await daemon.rpc("readProcessStdoutLog", "raw", 0, 0);
    assert.ok(typeof text === "string" && text.includes("ABC") && text.endsWith(" ende\n"));
    const [tail, size] = (await daemon.rpc("tailProcessStdoutLog", "raw", 0, 300)) as [string, number];
    assert.equal(size, bytes.length);
    assert.ok(tail.endsWith(" ende\n"));
    const { stdout, code } = await daemon.ctl("tail", "raw");
    assert.equal(code, 0);
    assert.match(stdout, / ende\n/);
  });

  test("a child that leaves one behind with its pipes is noticed at once, restarted and forgotten", async (t) => {
    const daemon = await startAgent(
      t,
      `[program:forks]
command = /bin/sh -c "sleep 3 & echo $! >>{dir}/left; exit 0"
startsecs = 0
autorestart = false
`,
    );
    await eventually(async () => (await daemon.info("forks")).statename === "EXITED");
    const left = Number(readFileSync(join(daemon.dir, "left"), "utf8"));
    assert.ok(isAlive(left));
    await daemon.rpc("startProcess", "forks");
    await eventually(async () => (await daemon.info("forks")).statename === "EXITED");
    const files = readFileSync(join(daemon.dir, "left"), "utf8").trim().split("\n");
    assert.equal(files.length, 2);
  });

  test("a child that SIGSTOP holds is killed when stopwaitsecs are over", async (t) => {
    const daemon = await startAgent(
      t,
      "[program:held]\ncommand = /bin/sleep 1000034\nstartsecs = 0\nstopwaitsecs = 1\n",
    );
    const pid = await pidOf(daemon, "held");
    process.kill(pid, "SIGSTOP");
    // Until it has stopped, a SIGTERM that comes after is taken first: the lower number.
    await eventually(() => /^State:\tT/m.test(readFileSync(`/proc/${pid}/status`, "utf8")));
    const started = performance.now();
    await daemon.rpc("stopProcess", "held");
    assert.ok(performance.now() - started > 950);
    assert.equal(isAlive(pid), false);
    assert.match(
      daemon.log(),
      /WARN killing 'held' \(\d+\) with SIGKILL\n.*WARN stopped: held \(terminated by SIGKILL\)\n/,
    );
  });

  test("a pid file that names a stranger is overwritten, and the stranger hears nothing", async (t) => {
    const dir = tempDir(t);
    const stranger = await startProcess(t, "/bin/sh", [program("catches.sh")]);
    await stranger.says(/ready\n/);
    writeFileSync(join(dir, "main.pid"), `${stranger.pid}\n`);
    const daemon = await startAgent(t, GOOD, dir);
    assert.equal(readFileSync(join(dir, "main.pid"), "utf8"), `${daemon.pid}\n`);
    await daemon.stop();
    assert.ok(isAlive(stranger.pid));
    assert.equal(stranger.output(), "ready\n");
  });
});
