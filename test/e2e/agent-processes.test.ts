// What becomes of programs, beside the real supervisord: when they are started again, in which order, who hears which signal, and why
// some cannot be started.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { NEEDS_BOTH, onBoth } from "../helpers/both.js";
import { eventually } from "../helpers/eventually.js";
import { program } from "../helpers/paths.js";
import { isAlive } from "../helpers/proc.js";
import { type Daemon, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const state = async (daemon: Daemon, name: string) => String((await daemon.info(name)).statename);

const reaches = (daemon: Daemon, name: string, wanted: string) =>
  eventually(async () => (await state(daemon, name)) === wanted, {
    what: `${name} of ${daemon.kind} is ${wanted}`,
    withinMs: 60_000,
    context: daemon.log,
  });

/** The names in lines of the activity log that begin so, in order. */
const named = (daemon: Daemon, beginning: string) =>
  [...daemon.log().matchAll(new RegExp(`${beginning}:? '?([\\w-]+)`, "g"))].map(([, name = ""]) => name);

describe("programs", { skip: NEEDS_BOTH, concurrency: 2 }, () => {
  test("are started again or not by autorestart, exitcodes and how they ended", async (t) => {
    const cases: Record<string, string> = {};
    for (const autorestart of ["true", "false", "unexpected"]) {
      for (const [end, command] of [
        ["0", `${program("exits.sh")} 0 1.2`],
        ["3", `${program("exits.sh")} 3 1.2`],
        ["killed", `${program("crashes.sh")} KILL 1.2`],
      ]) {
        cases[`${autorestart}-${end}`] = `command = ${command}\nautorestart = ${autorestart}`;
      }
    }
    cases["listed-3"] = `command = ${program("exits.sh")} 3 1.2\nexitcodes = 2,3`;
    cases["listed-0"] = `command = ${program("exits.sh")} 0 1.2\nexitcodes = 2,3`;
    cases["none-0"] = `command = ${program("exits.sh")} 0 1.2\nexitcodes =`;
    const sections = Object.entries(cases)
      .map(([name, lines]) => `[program:${name}]\n${lines}\nstartsecs = 1\nstartretries = 20\n`)
      .join("");
    const again = ["true-0", "true-3", "true-killed", "unexpected-3", "unexpected-killed", "listed-0", "none-0"];
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, sections });
      const ended: Record<string, unknown> = {};
      for (const name of Object.keys(cases)) {
        const lives = () => named(daemon, "spawned").filter((each) => each === name).length;
        if (again.includes(name)) await eventually(() => lives() > 1, { withinMs: 60_000, context: daemon.log });
        else await reaches(daemon, name, "EXITED");
        const { exitstatus, spawnerr } = await daemon.info(name);
        ended[name] = again.includes(name) ? "again" : { lives: lives(), exitstatus, spawnerr };
      }
      const lines = daemon.log().match(/(INFO|WARN) exited: .*/g) ?? [];
      return { ended, lines: [...new Set(lines)].sort() };
    });
    assert.deepEqual(ours, theirs);
  });

  test("start and stop in the order of their priorities", async (t) => {
    const one = (name: string, more: string) =>
      `[program:${name}]\ncommand = /bin/sleep 1000071\nstartsecs = 0\n${more}\n`;
    const sections = [
      one("last", "priority = 30"),
      one("first", "priority = 10"),
      one("beta", "priority = 20"),
      one("alpha", "priority = 20"),
      one("inner-late", "priority = 9"),
      one("inner-early", "priority = 1"),
      "[group:mixed]\nprograms = inner-late,inner-early\npriority = 25\n",
      one("numbered", "priority = 40\nnumprocs = 12\nprocess_name = n%(process_num)d"),
    ].join("");
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, sections });
      await eventually(() => named(daemon, "success").length === 18, { context: daemon.log });
      const started = named(daemon, "spawned");
      const answers = await daemon.rpc("stopAllProcesses");
      const stopping = Array.isArray(answers) ? answers.length : 0;
      await daemon.rpc("startAllProcesses");
      const again = named(daemon, "spawned").slice(18);
      await daemon.stop();
      // Those of one group are stopped together, and die in any order.
      const stopped = named(daemon, "stopped")
        .slice(18)
        .filter((name) => !/^(n\d|inner)/.test(name));
      return { started, stopping, again, stopped };
    });
    assert.deepEqual(ours, theirs);
    assert.deepEqual(
      ours.stopped,
      ["last", "beta", "alpha", "first"].toSorted((a, b) => theirs.stopped.indexOf(a) - theirs.stopped.indexOf(b)),
    );
  });

  test("hear the signal that is theirs, alone or with their children", async (t) => {
    const signals = ["TERM", "INT", "QUIT", "HUP", "USR1", "USR2", "10"];
    // They wait by reading what never comes: dash may lose a signal while it starts a command (it forgets those that come in vfork).
    const trap = (name: string) =>
      `command = /bin/sh -c "for s in TERM INT QUIT HUP USR1 USR2; do trap \\"echo $s >>{dir}/${name}.heard; exit 0\\" $s; done; : >{dir}/${name}.ready; while :; do read x; done"`;
    // A child that would not end by itself, and notes that it was asked to; who is ready has its traps, and so has who began it.
    const family = (name: string) =>
      `command = /bin/sh -c "trap 'exit 0' TERM; exec 3<&0; (trap 'echo asked >>{dir}/${name}.child.heard' TERM; : >{dir}/${name}.ready; while read x <&3; do :; done; while :; do sleep 0.05; done) & echo $! >{dir}/${name}.child; while :; do read x; done"`;
    const deaf = (name: string) =>
      `command = /bin/sh -c "trap '' TERM; (touch {dir}/${name}.ready; while :; do sleep 0.05; done) & echo $! >{dir}/${name}.child; while :; do sleep 0.05; done"\nstopwaitsecs = 1`;
    const programs: Record<string, string> = {
      ...Object.fromEntries(signals.map((signal) => [`s${signal}`, `${trap(`s${signal}`)}\nstopsignal = ${signal}`])),
      alone: family("alone"),
      group: `${family("group")}\nstopasgroup = true`,
      killalone: deaf("killalone"),
      killgroup: `${deaf("killgroup")}\nkillasgroup = true`,
    };
    const sections = Object.entries(programs)
      .map(([name, lines]) => `[program:${name}]\n${lines}\nstartsecs = 0\n`)
      .join("");
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, sections });
      const file = (name: string) => join(daemon.dir, name);
      const seen: Record<string, unknown> = {};
      for (const name of Object.keys(programs)) {
        await eventually(() => existsSync(file(`${name}.ready`)), { what: `${name} is ready`, context: daemon.log });
        const isFamily = !/^s[A-Z\d]/.test(name);
        if (isFamily) {
          await eventually(() => existsSync(file(`${name}.child`)) && statSync(file(`${name}.child`)).size > 1);
          const child = Number(readFileSync(file(`${name}.child`), "utf8"));
          t.after(() => isAlive(child) && process.kill(child, "SIGKILL"));
        }
        await daemon.rpc("stopProcess", name);
        const { exitstatus } = await daemon.info(name);
        const heard = existsSync(file(`${name}.heard`)) ? readFileSync(file(`${name}.heard`), "utf8") : "";
        seen[name] = { exitstatus, heard };
        if (!isFamily) continue;
        const child = Number(readFileSync(file(`${name}.child`), "utf8"));
        if (name === "killgroup")
          await eventually(() => !isAlive(child), { what: `${name} ${kind}`, context: daemon.log });
        if (name === "group")
          await eventually(() => existsSync(file("group.child.heard")), {
            what: `${name} ${kind}`,
            context: daemon.log,
          });
        seen[name] = { exitstatus, lives: isAlive(child), asked: existsSync(file(`${name}.child.heard`)) };
      }
      return seen;
    });
    assert.deepEqual(ours, theirs);
  });

  test("that are started while they are being stopped are said to be running already", async (t) => {
    const sections = `[program:stubborn]\ncommand = ${program("ignores-term.sh")}\nstartsecs = 0\nstopwaitsecs = 3\n`;
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, sections });
      await eventually(() => daemon.log().includes("success: stubborn"));
      const answers = [await daemon.rpc("stopProcess", "stubborn", false)];
      answers.push(await daemon.rpc("startProcess", "stubborn", false));
      answers.push(await daemon.rpc("startProcess", "stubborn").catch((error: Error) => error.message));
      await reaches(daemon, "stubborn", "STOPPED");
      const about = daemon.log().match(/(WARN|INFO) .*stubborn.*/g) ?? [];
      return { answers, log: about.map((line) => line.replace(/pid \d+|\(\d+\)/, "PID")) };
    });
    assert.deepEqual(ours, theirs);
  });

  test("that cannot run are explained alike", async (t) => {
    const lines: Readonly<Record<string, string>> = {
      missing: "command = /nowhere/at/all",
      unfound: "command = no-such-command-anywhere -x",
      plain: "command = {dir}/plain",
      folder: "command = {dir}",
      quoting: `command = /bin/echo "half`,
      escape: "command = /bin/echo \\",
      nohead: "command = {dir}/nohead",
      nointerpreter: "command = {dir}/nointerpreter",
      nodir: "command = /bin/true\ndirectory = {dir}/nowhere",
      badlog: "command = /bin/sleep 1000072\nstdout_logfile = {dir}/folder",
      vanished: "command = /bin/sleep 1000073\nstderr_logfile = {dir}/gone/err.log\nautostart = false",
      ownpath: `command = only-here\nenvironment = PATH="{dir}/bin"`,
      relative: "command = bin/only-here",
      through: `command = plain\nenvironment = PATH="{dir}/bin/..:/usr/bin"`,
      nothing: `command = ""\nenvironment = PATH="{dir}/bin"`,
    };
    const sections = Object.entries(lines)
      .map(([name, each]) => `[program:${name}]\n${each}\nstartretries = 0\nstartsecs = 3\n`)
      .join("");
    const [theirs, ours] = await onBoth(async (kind) => {
      const dir = tempDir(t);
      for (const name of ["folder", "gone", "bin"]) mkdirSync(join(dir, name));
      writeFileSync(join(dir, "plain"), "#!/bin/sh\n");
      writeFileSync(join(dir, "nohead"), "neither a script nor a program\n", { mode: 0o755 });
      writeFileSync(join(dir, "nointerpreter"), "#!/no/such/interpreter\n", { mode: 0o755 });
      writeFileSync(join(dir, "bin/only-here"), "#!/bin/sh\nexec /bin/sleep 1000074\n", { mode: 0o755 });
      const daemon = await startDaemon(t, { kind, sections, dir });
      rmSync(join(dir, "gone"), { recursive: true });
      const start = await daemon.rpc("startProcess", "vanished").catch((error: unknown) => String(error));
      const seen: Record<string, unknown> = { start };
      for (const name of Object.keys(lines)) {
        await reaches(daemon, name, ["ownpath", "relative"].includes(name) ? "RUNNING" : "FATAL");
        const { spawnerr } = await daemon.info(name);
        const said = await daemon.rpc("readProcessStderrLog", name, 0, 0).catch((error: unknown) => String(error));
        seen[name] = { spawnerr, said };
      }
      return JSON.parse(
        JSON.stringify(seen)
          .replaceAll(dir, "DIR")
          .replace(/---test-\w{8}/g, "---test-RANDOM"),
      );
    });
    assert.deepEqual(ours, theirs);
  });
});
