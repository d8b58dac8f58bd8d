// The activity log is what operators and their scripts search: over one day's events it reads the same on fvagent and on the
// real supervisord, subject by subject.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { program, ROOT } from "../helpers/paths.js";
import { exchange } from "../helpers/raw-http.js";
import type { Scope } from "../helpers/scope.js";
import { type DaemonKind, startDaemon } from "../helpers/supervisord.js";
import { callRpc } from "../helpers/xmlrpc.js";

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

const DEBUGGED = `
[program:cat]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = NONE
stopasgroup = true

[program:raw]
command = /bin/sh -c "printf 'bytes \\210 of none\\n'; exec sleep 1000091"
startsecs = 0
stdout_logfile = NONE
redirect_stderr = true

[eventlistener:ear]
command = /usr/bin/python3 ${join(ROOT, "test/fixtures/python/listener.py")} {dir}/ear.events fail-first
events = REMOTE_COMMUNICATION
`;

/** What is said at level debug of output, signals and listeners; what is only about supervisord's inside is left out. */
async function debug(t: Scope, kind: DaemonKind): Promise<Record<string, string[]>> {
  const daemon = await startDaemon(t, { kind, supervisord: "loglevel = debug", sections: DEBUGGED });
  const logged = (text: string) => eventually(() => daemon.log().includes(text), { what: text, context: daemon.log });
  await logged("ear: ACKNOWLEDGED -> READY");
  await daemon.rpc("sendProcessStdin", "cat", "gr\u00fc\u00dfe\n");
  await logged("gr\u00fc\u00dfe");
  await logged("of none");
  await daemon.rpc("signalProcess", "cat", "CONT");
  await daemon.rpc("sendRemoteCommEvent", "type", "data");
  await logged("ear: event was processed");
  await eventually(() => (daemon.log().match(/ear: ACKNOWLEDGED -> READY/g) ?? []).length === 3, {
    what: "the listener is ready again",
    context: daemon.log,
  });
  for (const name of ["cat", "raw"]) await daemon.rpc("stopProcess", name);
  await daemon.stop();
  const text = readFileSync(join(daemon.dir, "main.log"), "utf8");
  const entries = text
    .split(/^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} )/m)
    .map((entry) => entry.slice(24).replaceAll(daemon.dir, "DIR"));
  const about = (subject: string) =>
    entries
      .filter(
        (entry) =>
          new RegExp(`^\\w+ .*\\b${subject}\\b`, "s").test(entry) && !/^DEBG fd |waiting for|^INFO success/.test(entry),
      )
      .map((entry) => entry.replace(/pid \d+/g, "pid PID").replace(/serial:?\d+/g, "serial N"));
  // An answer and the next READY come in one piece or in two.
  const ear = about("ear").filter((entry) => !/'ear' stdout output/.test(entry));
  const outputs = about("ear").flatMap((entry) => /'ear' stdout output:\nb'(.*)'\n$/.exec(entry)?.[1] ?? []);
  return { cat: about("cat"), raw: about("raw"), ear, outputs: [outputs.join("")] };
}

const STEPS = `
[program:cat]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = NONE
`;

/** What only tells of supervisord's inside, and what goes by how soon somebody died or looked. */
const INSIDE =
  /^(BLAT (read|write) event|DEBG fd |DEBG received SIGCHLD|INFO waiting for cat to stop|TRAC .*stopProcess\(\) returned|DEBG 'cat' stdout|ready$|$)/;

/** All that is said at the lowest level, step by step, of calls, their answers, signals and the end. */
async function everything(t: Scope, kind: DaemonKind): Promise<string[]> {
  const daemon = await startDaemon(t, {
    kind,
    supervisord: "loglevel = blather",
    sections: STEPS,
    inet: { username: "u", password: "p" },
  });
  const { inet } = daemon;
  assert.ok(inet !== null);
  await eventually(() => /'cat' stdout output/.test(daemon.log()) && /success: cat/.test(daemon.log()));
  const { unix } = daemon;
  await exchange(unix, "GET /ok.html HTTP/1.0\r\n\r\n");
  await exchange(unix, "GET /nothing?a=b HTTP/1.1\r\nConnection: close\r\n\r\n");
  await exchange(unix, "POST /RPC2 HTTP/1.0\r\nContent-Length: 5\r\n\r\nit's<");
  await assert.rejects(callRpc({ ...inet, password: "wrong" }, "supervisor.getState"));
  await callRpc(inet, "supervisor.getState");
  for (const [method, ...params] of [
    ["getProcessInfo", "nobody"],
    ["signalProcess", "cat", "CONT"],
    ["stopProcess", "cat"],
    ["startProcess", "cat"],
  ] as const) {
    const called = daemon.log().length;
    await daemon.rpc(method, ...params).catch(() => {});
    await eventually(() => / "POST /.test(daemon.log().slice(called)));
  }
  await eventually(() => (daemon.log().match(/'cat' stdout output/g) ?? []).length === 2);
  await daemon.stop();
  const text = readFileSync(join(daemon.dir, "main.log"), "utf8");
  return text
    .slice(text.lastIndexOf("\n", text.indexOf("/ok.html")) + 1)
    .split("\n")
    .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} /, ""))
    .filter((line) => !INSIDE.test(line))
    .map((line) =>
      line
        .replace(/pid \d+/g, "pid PID")
        .replace(/127\.0\.0\.1:\d+/, "PEER")
        .replace(/\[\d\d\/\w{3}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\]/, "[DATE]")
        .replace(/" (\d{3}) [1-9]\d+$/, '" $1 BYTES'),
    );
}

test("at the lowest level calls, answers, signals and the end are told alike, in one order", {
  skip: without("supervisord"),
}, async (t) => {
  const [theirs, ours] = await Promise.all([everything(t, "supervisord"), everything(t, "fvagent")]);
  assert.deepEqual(ours, theirs);
  assert.ok(theirs?.includes("BLAT cat state: STOPPING"), theirs?.join("\n"));
});

test("at level debug output, signals and listeners are told alike", {
  skip: without("supervisord", "python3"),
}, async (t) => {
  const [theirs, ours] = await Promise.all([debug(t, "supervisord"), debug(t, "fvagent")]);
  assert.deepEqual(ours, theirs);
});

test("the activity log reads the same on fvagent and on supervisord", { skip: without("supervisord") }, async (t) => {
  const [theirs, ours] = await Promise.all([liveThrough(t, "supervisord"), liveThrough(t, "fvagent")]);
  assert.deepEqual(ours, theirs);
});
