// How a daemon meets another on its sockets, and how it ends, beside the real supervisord.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NEEDS_BOTH, onBoth } from "../helpers/both.js";
import { eventually } from "../helpers/eventually.js";
import { program } from "../helpers/paths.js";
import { freePort } from "../helpers/ports.js";
import { runProcess } from "../helpers/processes.js";
import { daemonCommand, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const SLEEPER = "[program:sleeper]\ncommand = /bin/sleep 1000101\nstartsecs = 0\n";

/** What the log says of a signal and of an end. */
const ending = (log: string) =>
  (log.match(/(WARN received|INFO received|WARN ignored|INFO supervisord|WARN stopped|INFO stopped).*/g) ?? []).map(
    (line) => line.replace(/pid \d+/, "pid PID"),
  );

describe("a daemon", { skip: NEEDS_BOTH, concurrency: 2 }, () => {
  test("ends in order on TERM, INT and QUIT, and says which it was", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const seen: Record<string, unknown> = {};
      for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
        const daemon = await startDaemon(t, { kind, sections: SLEEPER });
        await eventually(() => daemon.log().includes("success: sleeper"));
        const ended = await daemon.stop(signal);
        seen[signal] = {
          ended,
          log: ending(daemon.log()),
          left: readdirSync(daemon.dir).filter((name) => /sock|pid/.test(name)),
        };
      }
      return seen;
    });
    assert.deepEqual(ours, theirs);
  });

  test("begins anew on HUP, and not once it is told to end", async (t) => {
    const sections = `${SLEEPER}[program:stubborn]\ncommand = ${program("ignores-term.sh")}\nstartsecs = 0\nstopwaitsecs = 3\nstdout_logfile = {dir}/out\n`;
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, sections });
      const ready = (lives: number) =>
        eventually(
          () =>
            existsSync(join(daemon.dir, "out")) &&
            readFileSync(join(daemon.dir, "out"), "utf8") === "ready\n".repeat(lives),
        );
      await ready(1);
      process.kill(daemon.pid, "SIGHUP");
      await eventually(() => (daemon.log().match(/supervisord started/g) ?? []).length === 2, { context: daemon.log });
      await ready(2);
      assert.equal(await daemon.rpc("getPID"), daemon.pid);
      process.kill(daemon.pid, "SIGTERM");
      await eventually(() => daemon.log().includes("received SIGTERM"));
      process.kill(daemon.pid, "SIGHUP");
      const ended = await daemon.process.ended;
      return { ended, log: ending(daemon.log()) };
    });
    assert.deepEqual(ours.ended, theirs.ended);
    assert.deepEqual(ours.log.toSorted(), theirs.log.toSorted());
  });

  test("ends on TERM also while it is about to begin anew, and then hears no HUP any more", async (t) => {
    const sections = `[program:stubborn]\ncommand = ${program("ignores-term.sh")}\nstartsecs = 0\nstopwaitsecs = 8\n`;
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, sections });
      await eventually(() => daemon.log().includes("success: stubborn"));
      const seen: string[] = [];
      for (const signal of ["SIGHUP", "SIGHUP", "SIGTERM", "SIGHUP"] as const) {
        process.kill(daemon.pid, signal);
        seen.push(signal);
        const told = () => daemon.log().match(/(received|ignored) SIG/g) ?? [];
        await eventually(() => told().length === seen.length, { context: daemon.log });
      }
      return { ended: await daemon.process.ended, log: ending(daemon.log()) };
    });
    assert.deepEqual(ours, theirs);
  });

  test("refuses the sockets of another that answers, and takes one that a killed daemon left", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const first = await startDaemon(t, { kind, sections: SLEEPER });
      const second = await runProcess(daemonCommand(kind), ["-n", "-c", first.configFile], { cwd: first.dir });
      const error = second.stderr.split("\n").find((line) => line.startsWith("Error: "));
      const pid = readFileSync(join(first.dir, "main.pid"), "utf8") === `${first.pid}\n`;
      const [child] = [Number((await first.info("sleeper")).pid)];
      await first.stop("SIGKILL");
      t.after(() => {
        try {
          process.kill(child, "SIGKILL");
        } catch {
          // Its next daemon ended it.
        }
      });
      const third = await startDaemon(t, { kind, sections: SLEEPER, dir: first.dir });
      const stale = third.process
        .output()
        .match(/Unlinking stale socket .*/g)
        ?.map((line) => line.replace(first.dir, "DIR"));
      return {
        code: second.code,
        error: error?.replace(/ \(.*\)$/, ""),
        pid,
        stale,
        answers: (await third.rpc("getPID")) === third.pid,
      };
    });
    assert.deepEqual(ours, theirs);
  });

  test("refuses a port that is taken or not its own, with status 2", async (t) => {
    const port = await freePort();
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, inet: { username: "olga", password: "secret" } });
      const seen: unknown[] = [];
      const text = readFileSync(daemon.configFile, "utf8").replace(/\[unix_http_server\]\nfile = .*/, "");
      for (const [address, section] of [
        [`127.0.0.1:${daemon.inet?.port}`, "taken"],
        [`192.0.2.1:${port}`, "foreign"],
        [`no-such-host.invalid:${port}`, "unknown"],
      ]) {
        // fvagent adds the address.
        const config = join(daemon.dir, `${section}.conf`);
        writeFileSync(config, text.replace(/^port = .*$/m, `port = ${address}`).replaceAll("main.", `${section}.`));
        const { code, stderr } = await runProcess(daemonCommand(kind), ["-n", "-c", config], { cwd: daemon.dir });
        const error = stderr.split("\n").find((line) => line.startsWith("Error: "));
        seen.push({ code, error: error?.replace(/ \([^()]*:\d+\)$/, "") });
      }
      return seen;
    });
    assert.deepEqual(ours, theirs);
  });

  test("refuses a socket in a folder that is not there, and goes on where its pid file cannot be written", async (t) => {
    const [theirs, ours] = await onBoth(async (kind) => {
      const dir = tempDir(t);
      const daemon = await startDaemon(t, { kind, dir, supervisord: `pidfile = ${dir}`, sections: SLEEPER });
      await eventually(() => daemon.log().includes("success: sleeper"));
      const log = (daemon.log().match(/(CRIT could not|INFO supervisord).*/g) ?? []).map((line) =>
        line.replace(dir, "DIR").replace(/\d+$/, "PID"),
      );
      const config = join(dir, "nowhere.conf");
      const text = readFileSync(daemon.configFile, "utf8").replaceAll("main.", "nowhere.");
      writeFileSync(config, text.replace(/^file = .*$/m, `file = ${dir}/nowhere/sv.sock`));
      const { code, stderr } = await runProcess(daemonCommand(kind), ["-n", "-c", config], { cwd: dir });
      const error = stderr.split("\n").find((line) => line.startsWith("Error: "));
      return { log, code, error: error?.replace(` (${dir}/nowhere/sv.sock)`, "") };
    });
    assert.deepEqual(ours, theirs);
  });
});
