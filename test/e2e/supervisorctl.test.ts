// The real supervisorctl drives fvagent exactly as it drives the real supervisord: same words, same exit statuses.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { program } from "../helpers/paths.js";
import { isAlive } from "../helpers/proc.js";
import { runProcess, startProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, type DaemonKind, startDaemon } from "../helpers/supervisord.js";
import { transcriptOf } from "../helpers/transcript.js";

const skip = without("supervisord", "supervisorctl");

const SECTIONS = `
[program:speaker]
command = ${program("spews.sh")} 3
startsecs = 0

[program:catcher]
command = ${program("catches.sh")}
startsecs = 0

[program:once]
command = ${program("exits.sh")} 0 3
startsecs = 0
autorestart = false

[program:bad]
command = ${program("exits.sh")} 3
startretries = 0
startsecs = 10

[program:missing]
command = /nowhere/to/be/found
startretries = 0

[program:plain]
command = {dir}/supervisord.conf
autostart = false
startretries = 0

[program:off]
command = ${program("leaves-a-trail.sh")} {dir}/off
startsecs = 0
autostart = false

[program:quiet]
command = ${program("leaves-a-trail.sh")} {dir}/quiet
startsecs = 0
stdout_logfile = NONE
stderr_logfile = NONE

[program:crew]
command = ${program("leaves-a-trail.sh")} {dir}/crew
process_name = %(program_name)s_%(process_num)02d
numprocs = 2
startsecs = 0
priority = 20

[program:captain]
command = ${program("leaves-a-trail.sh")} {dir}/captain
startsecs = 0
priority = 10

[group:team]
programs = crew,captain
`;

/** States that every daemon settles in after its start. */
const SETTLED: Readonly<Record<string, string>> = {
  bad: "FATAL",
  captain: "RUNNING",
  catcher: "RUNNING",
  crew_00: "RUNNING",
  crew_01: "RUNNING",
  missing: "FATAL",
  off: "STOPPED",
  once: "EXITED",
  plain: "STOPPED",
  quiet: "RUNNING",
  speaker: "RUNNING",
};

async function states(daemon: Daemon): Promise<Record<string, unknown>> {
  const infos = await daemon.rpc("getAllProcessInfo");
  assert.ok(Array.isArray(infos));
  return Object.fromEntries(
    infos.map((info) => {
      assert.ok(typeof info === "object" && !Array.isArray(info));
      return [info.name, info.statename];
    }),
  );
}

async function settledDaemon(t: Scope, kind: DaemonKind): Promise<Daemon> {
  const daemon = await startDaemon(t, {
    kind,
    sections: SECTIONS,
    inet: { username: "olga", password: "not so secret" },
  });
  const settled = async () => isDeepStrictEqual(await states(daemon), SETTLED);
  await eventually(settled, { what: "every program settles", context: daemon.process.output });
  // Both channels of these are read below.
  for (const name of ["speaker", "catcher"]) {
    await eventually(async () => (await daemon.rpc("readProcessStdoutLog", name, 0, 0)) !== "");
  }
  return daemon;
}

/** A day at the console. Each step sees what the steps before it did. */
const SESSION: readonly (readonly string[])[] = [
  ["status"],
  ["status", "all"],
  ["status", "team:*"],
  ["status", "team:", "speaker", "speaker"],
  ["status", "nobody"],
  ["status", "nobody:*", "team:nobody", "speaker"],
  ["start", "off"],
  ["start", "off"],
  ["start", "off", "nobody"],
  ["start", "nobody:*"],
  ["start", "nobody:x"],
  ["start", "missing"],
  ["start", "plain"],
  ["start", "bad"],
  ["start", "once"],
  ["start"],
  ["stop", "off"],
  ["stop", "off"],
  ["stop", "nobody"],
  ["stop", "nobody:*"],
  ["stop", "off", "catcher"],
  ["start", "catcher"],
  ["stop"],
  ["restart", "speaker"],
  ["restart", "team:*"],
  ["restart", "off"],
  ["restart", "nobody"],
  ["stop", "team:*"],
  ["status", "team:*"],
  ["stop", "team:*"],
  ["start", "team:*"],
  ["start", "team:*"],
  ["stop", "team:crew_00"],
  ["start", "team:crew_00", "team:crew_01"],
  ["tail", "speaker"],
  ["tail", "-7", "speaker"],
  ["tail", "-7", "speaker", "stdout"],
  ["tail", "speaker", "stderr"],
  ["tail", "speaker", "STDERR"],
  ["tail", "speaker", "sideways"],
  ["tail", "-x", "speaker"],
  ["tail", "quiet"],
  ["tail", "nobody"],
  ["tail", "missing"],
  ["tail"],
  ["tail", "-5"],
  ["tail", "a", "b", "c", "d"],
  ["tail", "-f", "nobody"],
  ["signal", "HUP", "catcher"],
  ["signal", "BOGUS", "catcher"],
  ["signal", "HUP", "once"],
  ["signal", "USR1", "team:*"],
  ["signal", "HUP"],
  ["pid"],
  ["pid", "speaker"],
  ["pid", "once"],
  ["pid", "nobody"],
  ["pid", "all"],
  ["clear", "speaker"],
  ["tail", "speaker"],
  ["clear", "nobody"],
  ["avail"],
  ["version"],
  ["version", "please"],
  ["reread"],
  ["update"],
  ["update", "nobody"],
  ["add", "team"],
  ["add", "nobody"],
  ["remove", "team"],
  ["remove", "nobody"],
  ["remove", "off"],
  ["stop", "all"],
  ["start", "all"],
  ["status"],
  ["dance"],
];

/** After a group has been signalled the state is a race; these steps wait for the quiet that follows. */
async function quiet(daemon: Daemon): Promise<void> {
  await eventually(async () => {
    const now = await states(daemon);
    // Whoever starts what ends at once may hear of its end instead: so it lives a little, and its end is waited for.
    return (
      now.once !== "RUNNING" && !Object.values(now).some((state) => /ING$/.test(String(state)) && state !== "RUNNING")
    );
  });
}

async function play(daemon: Daemon, session: typeof SESSION, options: readonly string[]): Promise<string[]> {
  const replacements = [
    [daemon.dir, "DIR"],
    [`:${daemon.inet?.port}`, ":PORT"],
  ] as const;
  const transcript: string[] = [];
  for (const args of session) {
    const finished = await runProcess("supervisorctl", [...options, ...args], { cwd: daemon.dir });
    transcript.push(transcriptOf(args, finished, replacements));
    await quiet(daemon);
  }
  return transcript;
}

/** Road to the daemon: how supervisorctl is told of it, and the session that is played over it. */
const ROADS = {
  "the unix socket of a config file": {
    options: (daemon: Daemon) => ["-c", daemon.configFile],
    session: SESSION,
  },
  "TCP with user and password": {
    options: (daemon: Daemon) => [
      ...["-s", `http://127.0.0.1:${daemon.inet?.port}`],
      ...["-u", "olga", "-p", "not so secret"],
    ],
    session: [["status"], ["start", "off"], ["stop", "team:*"], ["tail", "speaker"], ["tail", "-f", "nobody"], ["pid"]],
  },
};

describe("a session of supervisorctl reads the same on fvagent and on supervisord", { skip }, () => {
  for (const [road, { options, session }] of Object.entries(ROADS)) {
    test(`over ${road}`, async (t) => {
      const daemons = await Promise.all([settledDaemon(t, "supervisord"), settledDaemon(t, "fvagent")]);
      const [theirs, ours] = await Promise.all(daemons.map((daemon) => play(daemon, session, options(daemon))));
      assert.ok(theirs !== undefined && ours !== undefined);
      // Only what differs, so that the failure can be read.
      const differs = theirs.map((step, i) => step !== ours[i]);
      assert.deepEqual(
        ours.filter((_, i) => differs[i]),
        theirs.filter((_, i) => differs[i]),
      );
    });
  }
});

/** Rules that hold for each kind by itself, so that the comparison above cannot be empty words. */
for (const kind of ["supervisord", "fvagent"] as const) {
  describe(`supervisorctl on ${kind}`, { skip, concurrency: 4 }, () => {
    test("stop ends the child, start makes a new one, pid tells which", async (t) => {
      const daemon = await settledDaemon(t, kind);
      const pidOf = async (name: string) => Number((await daemon.ctl("pid", name)).stdout);
      const first = await pidOf("quiet");
      assert.ok(isAlive(first));
      assert.equal(Number((await daemon.ctl("pid")).stdout), daemon.pid);

      assert.deepEqual(await daemon.ctl("stop", "quiet"), {
        code: 0,
        signal: null,
        stdout: "quiet: stopped\n",
        stderr: "",
      });
      assert.equal(isAlive(first), false);
      assert.equal((await daemon.ctl("start", "quiet")).stdout, "quiet: started\n");
      const second = await pidOf("quiet");
      assert.notEqual(second, first);
      assert.ok(isAlive(second));
      assert.equal((await daemon.ctl("restart", "quiet")).stdout, "quiet: stopped\nquiet: started\n");
      assert.equal(isAlive(second), false);
    });

    test("tail -f shows what is written while it runs, until ^C", async (t) => {
      const daemon = await startDaemon(t, {
        kind,
        sections: `[program:clock]\ncommand = ${program("counts.sh")}\nstartsecs = 0\n`,
      });
      const follower = await startProcess(t, "supervisorctl", ["-c", daemon.configFile, "tail", "-f", "clock"]);
      await follower.says(/==> Press Ctrl-C to exit <==/);
      await follower.says(/tick 12\n/);
      const ticks = [...follower.output().matchAll(/^tick (\d+)$/gm)].map((match) => Number(match[1]));
      assert.deepEqual(
        ticks,
        ticks.map((_, i) => (ticks[0] ?? 0) + i),
        "no tick is missing or doubled",
      );
      assert.deepEqual(await follower.stop("SIGINT"), { code: 0, signal: null });
    });

    // supervisord takes the first line for the whole login and refuses it.
    if (kind === "fvagent")
      test("tail -f logs in with a password that Python breaks over lines", async (t) => {
        const inet = { username: "olga", password: "correct horse battery staple ".repeat(4).trim() };
        const sections = `[program:clock]\ncommand = ${program("counts.sh")}\nstartsecs = 0\n`;
        const daemon = await startDaemon(t, { kind, sections, inet });
        const url = `http://127.0.0.1:${daemon.inet?.port}`;
        for (const [password, said] of [
          [inet.password, /tick \d+\n/],
          [`${inet.password}!`, /401/],
        ] as const) {
          const login = ["-s", url, "-u", inet.username, "-p", password];
          const follower = await startProcess(t, "supervisorctl", [...login, "tail", "-f", "clock"], {
            cwd: daemon.dir,
          });
          await follower.says(said);
          await follower.stop("SIGINT");
        }
      });

    test("without the right password nothing is told and nothing is done", async (t) => {
      const daemon = await settledDaemon(t, kind);
      const url = `http://127.0.0.1:${daemon.inet?.port}`;
      for (const credentials of [[], ["-u", "olga", "-p", "wrong"], ["-u", "eve", "-p", "not so secret"]]) {
        const refused = await runProcess("supervisorctl", ["-s", url, ...credentials, "stop", "quiet"], {
          cwd: daemon.dir,
        });
        assert.match(refused.stdout, /^Server requires authentication\n/);
        assert.equal(refused.code, 1);
      }
      assert.equal((await daemon.info("quiet")).statename, "RUNNING");
    });

    test("shutdown ends the children and then the daemon, and leaves no socket or pidfile", async (t) => {
      const daemon = await settledDaemon(t, kind);
      const pids = (await daemon.ctl("pid", "all")).stdout
        .split("\n")
        .map(Number)
        .filter((pid) => pid > 0);
      assert.ok(pids.length >= 6 && pids.every(isAlive), `living children: ${pids}`);
      const shutdown = await daemon.ctl("shutdown");
      assert.equal(shutdown.stdout, "Shut down\n");
      assert.equal(shutdown.code, 0);
      assert.deepEqual(await daemon.process.ended, { code: 0, signal: null });
      assert.deepEqual(pids.filter(isAlive), []);
      assert.deepEqual(
        readdirSync(daemon.dir).filter((name) => /\.(sock|pid)$/.test(name)),
        [],
      );
      const after = await daemon.ctl("status");
      assert.equal(after.stdout, `unix://${daemon.dir}/sv.sock no such file\n`);
      assert.equal(after.code, 4);
    });
  });
}
