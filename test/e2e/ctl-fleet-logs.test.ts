// fvctl logs and grep: several logs of several hosts, merged, searched where they are, with everything that can be in the way.
import assert from "node:assert/strict";
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { LogMatch } from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { FVCTL, program } from "../helpers/paths.js";
import { startProcess } from "../helpers/processes.js";
import { tempDir } from "../helpers/temp-dir.js";

/** Programs whose logs are files that the test writes itself. */
function sections(dir: string): string {
  return `
[program:api]
command = /bin/sleep 1000
startsecs = 0
stdout_logfile = ${dir}/api.log
stderr_logfile = ${dir}/api.err

[program:clock]
command = ${program("counts.sh")}
startsecs = 0

[program:mute]
command = /bin/sleep 1000
startsecs = 0
stdout_logfile = NONE
stderr_logfile = NONE
`;
}

test("fvctl logs and grep", async (t) => {
  const [one, two] = [tempDir(t), tempDir(t)];
  const fleet = await startFleet(t, [
    { name: "web-1", labels: "role=web", sections: sections(one) },
    { name: "web-2", labels: "role=web", sections: sections(two) },
  ]);
  const { fvctl } = fleet;
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === 6);
  writeFileSync(join(one, "api.log.2"), "error: the oldest\n");
  writeFileSync(join(one, "api.log.1"), "fine\nError: the older\n");
  appendFileSync(join(one, "api.log"), "fine\nerror: now\n");
  appendFileSync(join(one, "api.err"), "error: on stderr\n");
  appendFileSync(join(two, "api.log"), "an (error) \u001b[31mred\u001b[0m \u0007bell\nfine");

  await t.test("logs: the last lines of each, with whose they are", async () => {
    assert.deepEqual(await fvctl("logs", "web-*/api", "-n", "2"), {
      code: 0,
      signal: null,
      stdout:
        "web-1/api:api | fine\nweb-1/api:api | error: now\nweb-2/api:api | an (error) red ·bell\nweb-2/api:api | fine\n",
      stderr: "",
    });
    const both = await fvctl("logs", "web-1/api", "--channel", "both", "-n", "1");
    assert.equal(both.stdout, "web-1/api:api        | error: now\nweb-1/api:api stderr | error: on stderr\n");
    const [line] = (await fvctl("logs", "web-2/api", "-n", "1", "-o", "ndjson")).stdout.split("\n");
    const { receivedAtMs, ...rest } = JSON.parse(line ?? "") as Record<string, unknown>;
    assert.deepEqual(rest, { target: "web-2/api:api", channel: "stdout", text: "fine" });
    assert.equal(typeof receivedAtMs, "number");
  });

  await t.test(
    "logs -f: what both hosts write, as it comes, until Ctrl-C; also over a crash of the controller",
    async (sub) => {
      const args = [FVCTL, "logs", "-f", "-n", "0", "web-*/all"];
      const following = await startProcess(sub, process.execPath, args, { env: fleet.ctlEnv });
      await following.says(/web-1\/clock:clock \| tick \d+\n/);
      await following.says(/web-2\/clock:clock \| tick \d+\n/);
      appendFileSync(join(two, "api.log"), "written behind the agent's back\n");
      await fleet.controller.crash();
      await following.says(/following again as soon as that is possible/);
      await fleet.controller.startAgain();
      const before = following.output().length;
      await eventually(() => /web-1\/clock:clock \| tick/.test(following.output().slice(before)), {
        context: () => following.output(),
      });
      await eventually(() => /web-2\/clock:clock \| tick/.test(following.output().slice(before)), {
        context: () => following.output(),
      });
      assert.deepEqual(await following.stop("SIGINT"), { code: 0, signal: null }, following.output());
      assert.match(following.output(), /^((web-[12]\/clock:clock \| tick \d+|fvctl: web-[12]\/.*)\n)+$/);
      const notes = following.output().match(/^fvctl: .*$/gm) ?? [];
      assert.ok(notes.length < 8, `logs that say the same are one line: ${notes.join("\n")}`);
      assert.ok(
        notes.some((note) => /^fvctl: web-[12]\/\S+( and \d more)?: following again$/.test(note)),
        notes.join("\n"),
      );
      assert.ok(
        !notes.some((note) => /no longer followed/.test(note)),
        "a controller that knows nothing yet is no proof",
      );
    },
  );

  await t.test("logs -f: what begins to match is followed too, and what goes is told", async (sub) => {
    const { configFile } = fleet.agent("web-1");
    const config = readFileSync(configFile, "utf8");
    const follow = async (...selectors: string[]) => {
      const args = [FVCTL, "logs", "-f", "-n", "1", ...selectors];
      return startProcess(sub, process.execPath, args, { env: fleet.ctlEnv });
    };
    const following = await follow("web-*/clock", "web-1/later:*");
    await following.says(/web-2\/clock:clock \| tick/);
    writeFileSync(configFile, `${config}\n[program:later]\ncommand = ${program("counts.sh")}\nstartsecs = 0\n`);
    assert.equal((await fvctl("update", "web-1", "--group", "later")).code, 0);
    await following.says(/fvctl: web-1\/later:later: followed too: it matches now\n/);
    await following.says(/web-1\/later:later \| tick/);

    const alone = await follow("web-1/later");
    await alone.says(/web-1\/later:later \| tick/);
    const running = await follow("web-1/later,state=RUNNING");
    await running.says(/tick/);
    assert.equal((await fvctl("stop", "web-1/later")).code, 0);
    await running.says(/fvctl: web-1\/later:later: no longer followed: it is gone or does not match any more\n/);
    await running.says(/fvctl: nothing matches now; waiting for what will\n/);
    assert.equal((await fvctl("start", "web-1/later")).code, 0);
    await running.says(/fvctl: web-1\/later:later: followed again: it is back\n(.*\n)*web-1\/later:later \| tick/);
    assert.deepEqual(await running.stop("SIGINT"), { code: 0, signal: null }, running.output());

    writeFileSync(configFile, config);
    assert.equal((await fvctl("update", "web-1", "--group", "later")).code, 0);
    for (const each of [following, alone]) await each.says(/fvctl: web-1\/later:later: no longer followed: it is gone/);
    await alone.says(/fvctl: nothing matches now; waiting for what will\n/);
    const before = following.output().length;
    await eventually(() => /web-1\/clock:clock \| tick/.test(following.output().slice(before)));
    for (const each of [following, alone]) {
      assert.deepEqual(await each.stop("SIGINT"), { code: 0, signal: null }, each.output());
      assert.equal(each.output().match(/no longer followed/g)?.length, 1, each.output());
    }
  });

  await t.test(
    "grep: rotated logs before the current one, and the worst of what happened is the exit status",
    async () => {
      assert.deepEqual(await fvctl("grep", "^error", "web-1/api"), {
        code: 0,
        signal: null,
        stdout: "web-1/api:api .2 | error: the oldest\nweb-1/api:api    | error: now\n",
        stderr: "",
      });
      const all = await fvctl("grep", "-i", "ERROR", "role=web/api", "--channel", "both", "-o", "json");
      const { items } = JSON.parse(all.stdout) as { items: LogMatch[] };
      assert.deepEqual(
        items.map(({ target, channel, backup, text }) => [target, channel, backup, text]).toSorted(),
        [
          ["web-1/api:api", "stderr", 0, "error: on stderr"],
          ["web-1/api:api", "stdout", 0, "error: now"],
          ["web-1/api:api", "stdout", 1, "Error: the older"],
          ["web-1/api:api", "stdout", 2, "error: the oldest"],
          ["web-2/api:api", "stdout", 0, "an (error) \u001b[31mred\u001b[0m \u0007bell"],
        ].toSorted(),
      );
      assert.equal((await fvctl("grep", "-F", "(error)", "all", "-o", "name")).stdout, "web-2/api:api\n");
      const none = await fvctl("grep", "nowhere to be found", "web-1/api");
      assert.deepEqual([none.code, none.stdout], [4, ""]);
      assert.match(none.stderr, /^fvctl: no line matches in the logs of 1 process \(\d+ B\)\n$/);
    },
  );

  await t.test("grep says what its bounds left out", async () => {
    const few = await fvctl("grep", "e", "web-1/api", "-m", "2");
    assert.equal(few.stdout.split("\n").length, 3);
    assert.equal(few.stderr, "fvctl: stopped after 2 lines: there may be more; -m lets more through\n");
    const newest = await fvctl("grep", "error", "web-1/api", "--bytes", "12");
    assert.equal(newest.stdout, "web-1/api:api | error: now\n");
    assert.match(newest.stderr, /^fvctl: \d+ B of older logs were not searched; --bytes lets more through\n$/);
  });

  await t.test("a pattern that backtracks for ever is ended at the host, which goes on meanwhile", async () => {
    writeFileSync(join(one, "api.log.3"), `${"a".repeat(5000)}!\n`);
    const [hostile, status] = await Promise.all([
      fvctl("grep", "^(a+)+$", "role=web/api"),
      fvctl("restart", "web-1/mute"),
    ]);
    assert.equal(status.code, 0, status.stderr);
    assert.equal(hostile.code, 5);
    assert.match(hostile.stderr, /^fvctl: web-1 was not searched to the end: the pattern takes too long on some line/);
  });

  await t.test("mistakes are one line with their own exit status", async () => {
    const cases: readonly (readonly [args: readonly string[], code: number, stderr: RegExp])[] = [
      [["grep", "(", "all"], 2, /invalid regular expression: \/\(\/: Unterminated group/],
      [["grep", "", "all"], 2, /pattern/],
      [["grep", "x"], 2, /missing required argument 'selector'; see fvctl grep --help/],
      [["grep", "x", "nope/all"], 4, /nothing matches nope\/all/],
      [["grep", "x", "all", "--bytes", "much"], 2, /--bytes much is no size like 512, 64K, 128M or 2G/],
      [["grep", "x", "all", "--timeout", "1h"], 2, /--timeout 1h: from 1s to 10m/],
      [["grep", "x", "all", "-m", "0"], 2, /-m 0: a whole number from 1 to 100000/],
      [["grep", "x", "all", "--channel", "stdin"], 2, /--channel stdin: stdout, stderr or both/],
      [["logs", "web-9/all"], 4, /nothing matches web-9\/all/],
      [["logs", "web-1/mute"], 4, /web-1\/mute: no such log is kept/],
      [["logs", "all", "-o", "json"], 2, /-o json is not possible here: choose table, wide, ndjson/],
    ];
    for (const [args, code, stderr] of cases) {
      const finished = await fvctl(...args);
      assert.equal(finished.code, code, `${args.join(" ")}: ${finished.stderr}`);
      assert.match(finished.stderr, stderr);
      assert.match(finished.stderr, /^fvctl: [^\n]+\n$/, args.join(" "));
      assert.equal(finished.stdout, "");
    }
  });

  await t.test("a client that goes ends the search at the host", async (sub) => {
    writeFileSync(join(two, "api.log.1"), `${"some line without it\n".repeat(4_000_000)}`);
    const searching = await startProcess(sub, process.execPath, [FVCTL, "grep", "x{5}", "web-2/api"], {
      env: fleet.ctlEnv,
    });
    await new Promise((resolve) => setTimeout(resolve, 700));
    assert.deepEqual(await searching.stop("SIGINT"), { code: 130, signal: null });
    // Three at a time are let in: if the one before still ran, not all of these would be.
    const more = await Promise.all([1, 2, 3].map(() => fvctl("grep", "x{5}", "web-2/api", "--bytes", "1K")));
    assert.deepEqual(
      more.map(({ code }) => code),
      [4, 4, 4],
      more.map(({ stderr }) => stderr).join(""),
    );
  });

  await t.test("an instance that is away is told beside what the others have", async () => {
    await fleet.agent("web-1").stop();
    const found = await eventually(async () => {
      const finished = await fvctl("grep", "error", "role=web/api");
      return finished.code === 5 && finished;
    });
    assert.equal(found.stdout, "web-2/api:api | an (error) red ·bell\n");
    assert.match(found.stderr, /^fvctl: web-1 was not searched to the end: the agent is not connected\n$/);
  });
});
