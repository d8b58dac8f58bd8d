// Event listeners written for supervisord hear the same of fvagent: types, headers, payloads, and what a slip costs them.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { frozenClock } from "../helpers/frozen-clock.js";
import { without } from "../helpers/needs.js";
import { program, ROOT } from "../helpers/paths.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, type DaemonKind, startDaemon } from "../helpers/supervisord.js";

const skip = without("supervisord", "python3");
const LISTENER = join(ROOT, "test/fixtures/python/listener.py");
const KINDS: readonly DaemonKind[] = ["supervisord", "fvagent"];

interface Heard {
  readonly name: string;
  readonly serial: number;
  readonly poolSerial: number;
  readonly header: string;
  readonly payload: string;
}

function listener(name: string, manner: string, more: string): string {
  return `[eventlistener:${name}]
command = /usr/bin/python3 ${LISTENER} {dir}/${name}.events ${manner}
${more}
`;
}

/** What a listener has noted, with pids and lengths that hold pids as words. */
function heard(daemon: Daemon, name: string): Heard[] {
  const file = join(daemon.dir, `${name}.events`);
  if (!existsSync(file)) return [];
  const complete = readFileSync(file, "utf8").split("\n").slice(0, -1);
  return complete.map((line) => {
    const [headers, payload] = JSON.parse(line) as [Record<string, string>, string];
    const { serial, poolserial, len, ...rest } = headers;
    assert.equal(Number(len), [...payload].length, "len counts characters");
    return {
      name: rest.eventname ?? "",
      serial: Number(serial),
      poolSerial: Number(poolserial),
      header: Object.entries(rest)
        .map(([key, value]) => `${key}:${value}`)
        .join(" "),
      payload: payload.replace(/pid:\d+/, "pid:PID").replace(/when:\d+/, "when:WHEN"),
    };
  });
}

const told = (events: readonly Heard[]) => events.map(({ header, payload }) => `${header}\n${payload}`);

/** The same story on both daemons, told by `story`, must be heard alike. */
async function compare(t: Scope, sections: string, story: (daemon: Daemon) => Promise<string[]>): Promise<void> {
  const [theirs, ours] = await Promise.all(KINDS.map(async (kind) => story(await startDaemon(t, { kind, sections }))));
  assert.deepEqual(ours, theirs);
}

/** Waits until so many events that fit are noted, and answers them in order. */
function enough(daemon: Daemon, name: string, count: number, fits: (event: Heard) => boolean = () => true) {
  return eventually(
    () => {
      const events = heard(daemon, name).filter(fits);
      return events.length >= count && events;
    },
    { what: `${count} events for ${name}`, context: () => `${JSON.stringify(heard(daemon, name))}\n${daemon.log()}` },
  );
}

describe("listeners", { skip }, () => {
  test("a changed identifier is in events and in the names of new logs once it was read again", async (t) => {
    const sections = `${listener("remote", "ok", "events = REMOTE_COMMUNICATION")}
[program:later]
command = ${program("leaves-a-trail.sh")} {dir}/trail
autostart = false
`;
    await compare(t, sections, async (daemon) => {
      const config = readFileSync(daemon.configFile, "utf8");
      await daemon.rpc("sendRemoteCommEvent", "before", "");
      await enough(daemon, "remote", 1);
      writeFileSync(daemon.configFile, config.replace("identifier = test", "identifier = other"));
      await daemon.rpc("reloadConfig");
      await daemon.rpc("removeProcessGroup", "later");
      await daemon.rpc("addProcessGroup", "later");
      await daemon.rpc("sendRemoteCommEvent", "after", "");
      const events = told(await enough(daemon, "remote", 2));
      const logs = readdirSync(daemon.dir).filter((name) => name.startsWith("later-"));
      return [...events, ...logs.map((name) => name.replace(/-\w{8}\.log$/, "")).sort()];
    });
  });

  test("the life of a daemon and its programs, from the first group to a removed one", async (t) => {
    const sections = `${listener("all", "ok", "events = EVENT\nbuffer_size = 100")}
[program:fails]
command = ${program("exits.sh")} 3
startretries = 1
startsecs = 5
autostart = false

[program:once]
command = ${program("exits.sh")} 0
startsecs = 0
autorestart = false
autostart = false

[program:stays]
command = ${program("leaves-a-trail.sh")} {dir}/trail
startsecs = 0
autostart = false
`;
    await compare(t, sections, async (daemon) => {
      const about = (name: string) => (event: Heard) => event.payload.includes(`processname:${name} `);
      // Ticks come when the clock says so.
      const steady = (event: Heard) => !event.name.startsWith("TICK");
      await enough(daemon, "all", 7, steady);
      await daemon.rpc("startProcess", "stays");
      await daemon.rpc("stopProcess", "stays");
      await enough(daemon, "all", 4, about("stays"));
      await daemon.rpc("startProcess", "once", false);
      await enough(daemon, "all", 3, about("once"));
      // supervisord may have reaped it before it answers, and then says so.
      await daemon.rpc("startProcess", "fails", false).catch(() => {});
      await enough(daemon, "all", 5, about("fails"));
      await daemon.rpc("sendRemoteCommEvent", "greeting", "h\u00e9\u{1f600}");
      await daemon.rpc("removeProcessGroup", "once");
      await daemon.rpc("addProcessGroup", "once");
      const events = await enough(daemon, "all", 22, steady);
      const all = heard(daemon, "all");
      assert.deepEqual(
        all.map(({ poolSerial }) => poolSerial),
        all.map((_, i) => i),
      );
      assert.deepEqual(
        all.map(({ serial }) => serial),
        all.map((_, i) => i),
      );
      return told(events);
    });
  });

  test("output and captures, with text beyond ASCII and bytes that are no text", async (t) => {
    const sections = `${listener("logs", "ok", "events = PROCESS_LOG,PROCESS_COMMUNICATION\nbuffer_size = 100")}
[program:talker]
command = ${program("says-in-marks.sh")}
startsecs = 0
stdout_capture_maxbytes = 1MB
stdout_events_enabled = true
stderr_events_enabled = true
stdout_logfile = {dir}/talker.log
`;
    await compare(t, sections, async (daemon) => {
      await eventually(async () => (await daemon.info("talker")).statename === "RUNNING");
      for (const word of ["one", "zw\u00f6lf"]) {
        const before = heard(daemon, "logs").filter(({ name }) => name === "PROCESS_COMMUNICATION_STDOUT").length;
        await daemon.rpc("sendProcessStdin", "talker", `${word}\n`);
        await enough(daemon, "logs", before + 1, ({ name }) => name === "PROCESS_COMMUNICATION_STDOUT");
      }
      await enough(daemon, "logs", 2, ({ name }) => name === "PROCESS_LOG_STDERR");
      await daemon.rpc("stopProcess", "talker");
      const kept = readFileSync(join(daemon.dir, "talker.log"), "utf8");
      assert.match(kept, /^plain one\nbeforeafter\nplain zw\u00f6lf\nbefore/);
      const events = heard(daemon, "logs");
      // How output is cut into events is the pipe's affair; what it says in all is not.
      const joined = (type: string) =>
        events
          .filter(({ name }) => name === type)
          .map(({ payload }) => payload.slice(payload.indexOf("\n") + 1))
          .join("");
      return [
        ...told(events.filter(({ name }) => name.startsWith("PROCESS_COMMUNICATION"))),
        joined("PROCESS_LOG_STDERR"),
        joined("PROCESS_LOG_STDOUT").replace(/after\n$/, ""),
      ];
    });
  });

  test("a rejected event comes again, to its own pool alone, and before later ones", async (t) => {
    const sections = [
      listener("picky", "fail-first", "events = REMOTE_COMMUNICATION"),
      listener("content", "ok", "events = REMOTE_COMMUNICATION\npriority = 5"),
    ].join("\n");
    await compare(t, sections, async (daemon) => {
      for (const name of ["picky", "content"]) {
        await eventually(async () => (await daemon.info(name)).statename === "RUNNING");
      }
      await daemon.rpc("sendRemoteCommEvent", "a", "1");
      await enough(daemon, "picky", 2);
      await daemon.rpc("sendRemoteCommEvent", "a", "2");
      await enough(daemon, "content", 2);
      const picky = await enough(daemon, "picky", 3);
      assert.deepEqual(
        picky.map(({ poolSerial }) => poolSerial),
        [0, 0, 1],
      );
      assert.match(daemon.log(), /WARN picky: event was rejected/);
      return told(picky);
    });
  });

  test("subscriptions that overlap deliver once each, as supervisord has it", async (t) => {
    const sections = listener("twice", "ok", "events = REMOTE_COMMUNICATION,EVENT\nbuffer_size = 100");
    await compare(t, sections, async (daemon) => {
      await daemon.rpc("sendRemoteCommEvent", "a", "1");
      return told(await enough(daemon, "twice", 2, ({ name }) => name === "REMOTE_COMMUNICATION"));
    });
  });

  /** What the log says of pools and listeners, without the time, sorted. */
  const complaints = (daemon: Daemon) =>
    daemon
      .log()
      .split("\n")
      .filter((line) => / (ERRO|WARN) (pool|slip:|garbage:)/.test(line))
      .map((line) => line.slice("2026-11-21 10:00:00,000 ".length))
      .sort();

  test("a full buffer drops the oldest and says so; a listener that breaks the protocol is told off once", async (t) => {
    const sections = [
      listener("silent", "silent", "events = REMOTE_COMMUNICATION\nbuffer_size = 2\nstartsecs = 0"),
      listener("garbage", "garbage", "events = REMOTE_COMMUNICATION\nstartsecs = 0"),
    ].join("\n");
    await compare(t, sections, async (daemon) => {
      await eventually(() => daemon.log().includes("garbage: has entered the UNKNOWN state"));
      for (const data of ["1", "2", "3", "4"]) await daemon.rpc("sendRemoteCommEvent", "a", data);
      return eventually(() => complaints(daemon).length >= 3 && complaints(daemon));
    });
  });

  // Apart from other pools: supervisord puts an event that one listener loses back into every pool.
  test("a result that is none ends a listener's service", async (t) => {
    await compare(t, listener("slip", "slip", "events = REMOTE_COMMUNICATION\nstartsecs = 0"), async (daemon) => {
      await daemon.rpc("sendRemoteCommEvent", "a", "1");
      return eventually(() => complaints(daemon).length >= 2 && complaints(daemon));
    });
  });

  test("an event whose listener dies over it goes to another of the pool", async (t) => {
    const sections = listener(
      "pair",
      "ok",
      "events = REMOTE_COMMUNICATION\nprocess_name = %(process_num)d\nnumprocs = 2",
    );
    await compare(t, sections, async (daemon) => {
      for (const name of ["pair:0", "pair:1"]) {
        await eventually(async () => (await daemon.info(name)).statename === "RUNNING");
      }
      const first = Number((await daemon.info("pair:0")).pid);
      process.kill(first, "SIGSTOP");
      await daemon.rpc("sendRemoteCommEvent", "a", "1");
      process.kill(first, "SIGKILL");
      return told(await enough(daemon, "pair", 1));
    });
  });

  test("what happens while the daemon goes down is heard before the listeners are stopped", async (t) => {
    const sections = [
      listener("ear", "ok", "events = SUPERVISOR_STATE_CHANGE,PROCESS_STATE_STOPPED,REMOTE_COMMUNICATION"),
      listener("silent", "silent", "events = EVENT\nstartsecs = 0\npriority = -2"),
      `[program:stays]\ncommand = ${program("leaves-a-trail.sh")} {dir}/trail\nstartsecs = 0\n`,
    ].join("\n");
    const daemon = await startDaemon(t, { kind: "fvagent", sections });
    await daemon.rpc("sendRemoteCommEvent", "are you", "there");
    await enough(daemon, "ear", 1, ({ name }) => name === "REMOTE_COMMUNICATION");
    const { code } = await daemon.stop();
    assert.equal(code, 0);
    assert.deepEqual(
      heard(daemon, "ear").map(({ name, payload }) => [name, payload.split(" ")[0]]),
      [
        ["SUPERVISOR_STATE_CHANGE_RUNNING", ""],
        ["REMOTE_COMMUNICATION", "type:are"],
        ["SUPERVISOR_STATE_CHANGE_STOPPING", ""],
        ["PROCESS_STATE_STOPPED", "processname:stays"],
      ],
    );
  });

  test("ticks follow the clock wherever it is set, those of one moment in order", {
    skip: without("faketime"),
  }, async (t) => {
    // Time stands still for supervisord: what lived for no second at all counts as started.
    const sections = listener("ticker", "ok", "events = TICK\nstartsecs = -1\nbuffer_size = 100");
    const [theirs, ours] = await Promise.all(
      KINDS.map(async (kind) => {
        const clock = frozenClock(t, "2026-11-21 10:59:58");
        const daemon = await startDaemon(t, { kind, sections, env: clock.env });
        await eventually(async () => (await daemon.info("ticker")).statename === "RUNNING");
        // supervisord takes its first look at the clock in the round after it has answered.
        await eventually(() => daemon.log().includes("success: ticker"));
        let count = 0;
        for (const [time, ticks] of [
          ["2026-11-21 11:00:03", 3],
          ["2026-11-21 11:00:07", 1],
          ["2026-11-21 11:01:00", 2],
          // Set back, by less and by more than an hour, and then a day on.
          ["2026-11-21 10:59:59", 3],
          ["2026-11-21 09:30:02", 3],
          ["2026-11-22 09:30:02", 3],
        ] as const) {
          clock.set(time);
          count += ticks;
          await enough(daemon, "ticker", count);
        }
        const noted = readFileSync(join(daemon.dir, "ticker.events"), "utf8").match(/when:\d+/g) ?? [];
        return heard(daemon, "ticker").map(({ header, serial }, i) => `${serial} ${header} ${noted[i]}`);
      }),
    );
    assert.deepEqual(ours, theirs);
    assert.equal(ours?.length, 15);
  });
});
