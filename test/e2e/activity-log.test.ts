// The activity log is what operators and their scripts search: over one day's events it reads the same on fvagent and on the
// real supervisord, subject by subject.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { program } from "../helpers/paths.js";
import type { Scope } from "../helpers/scope.js";
import { type DaemonKind, startDaemon } from "../helpers/supervisord.js";

const SECTIONS = `
[program:stays]
command = /bin/sleep 1000000

[program:stubborn]
command = ${program("ignores-term.sh")}
stopwaitsecs = 1

[program:bad]
command = ${program("exits.sh")} 3
startretries = 1
startsecs = 10

[program:done]
command = ${program("exits.sh")} 0 1.5
autorestart = false

[program:fails]
command = ${program("exits.sh")} 4 1.5
autorestart = false

[program:crashes]
command = ${program("crashes.sh")} SEGV 1.5
autorestart = false

[program:missing]
command = /nowhere/to/be/found
startretries = 0

[program:plain]
command = {dir}/supervisord.conf
startretries = 0

[program:folder]
command = {dir}
startretries = 0
`;

const NAMES = ["stays", "stubborn", "bad", "done", "fails", "crashes", "missing", "plain", "folder"];

/** The level and words of each line, without what differs from run to run. */
function linesOf(dir: string): string[] {
  return readFileSync(join(dir, "main.log"), "utf8")
    .replaceAll(dir, "DIR")
    .replace(/\bpid \d+/g, "pid PID")
    .replace(/ \(\d+\) with/g, " (PID) with")
    .split("\n")
    .slice(0, -1)
    .map((line) => {
      const [, rest] = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (.*)$/.exec(line) ?? [];
      assert.ok(rest !== undefined, `no time stamp: ${line}`);
      return rest;
    });
}

/** Lines by their subject, each in order: programs do not wait for each other. */
function bySubject(lines: readonly string[]): Record<string, string[]> {
  const subjects: Record<string, string[]> = {};
  for (const line of lines) {
    // Who is waited for at the end depends on how soon each died.
    if (/waiting for .* to die/.test(line)) continue;
    const subject =
      /can't find command|is not executable|is a directory/.exec(line)?.[0] ??
      NAMES.find((name) => new RegExp(`[: '](${name})\\b`).test(line)) ??
      "the daemon";
    subjects[subject] = [...(subjects[subject] ?? []), line];
  }
  return subjects;
}

async function liveThrough(t: Scope, kind: DaemonKind): Promise<Record<string, string[]>> {
  const daemon = await startDaemon(t, { kind, sections: SECTIONS });
  const state = async (name: string) => (await daemon.info(name)).statename;
  const settled: Readonly<Record<string, string>> = {
    ...{ stays: "RUNNING", stubborn: "RUNNING", bad: "FATAL", done: "EXITED", fails: "EXITED", crashes: "EXITED" },
    ...{ missing: "FATAL", plain: "FATAL", folder: "FATAL" },
  };
  for (const [name, wanted] of Object.entries(settled)) {
    await eventually(async () => (await state(name)) === wanted, { what: `${name} ${wanted}`, context: daemon.log });
  }
  await daemon.ctl("stop", "stubborn");
  process.kill(Number((await daemon.info("stays")).pid), "SIGKILL");
  await eventually(() => (daemon.log().match(/success: stays/g)?.length ?? 0) === 2);
  process.kill(daemon.pid, "SIGUSR2");
  await eventually(() => /logreopen/.test(daemon.log()));
  await daemon.stop("SIGTERM");
  return bySubject(linesOf(daemon.dir));
}

test("the activity log reads the same on fvagent and on supervisord", { skip: without("supervisord") }, async (t) => {
  const [theirs, ours] = await Promise.all([liveThrough(t, "supervisord"), liveThrough(t, "fvagent")]);
  assert.deepEqual(ours, theirs);
});
