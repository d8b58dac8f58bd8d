// A log before its end, standard input and configuration through the controller to a real agent: rotated files, bytes, secrets.
import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { ConfigReport, LogPage } from "@fleetvisor/proto/api/logs";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import { eventually } from "../helpers/eventually.js";
import { type Fleet, startFleet } from "../helpers/fleet.js";

const SECTIONS = `
[program:numbers]
command = /bin/sh -c "while read -r from; do seq -f 'line %%g of the log' $from $((from + 199)); done; exec sleep 1000"
startsecs = 0
stdout_logfile = {dir}/numbers.log
stdout_logfile_maxbytes = 2KB
stdout_logfile_backups = 20

[program:echo]
command = /bin/sh -c 'while read -r word; do printf "%%s\\n" "$word"; done; exec sleep 1000'
startsecs = 0
stdout_logfile = {dir}/echo.log
environment = PORT="8080",DB_PASSWORD="canary"

[program:down]
command = /bin/true
autostart = false
`;

const placeOf = (name: string) => ({ instance: "web1", group: name, name, channel: "stdout" });

async function post(fleet: Fleet, path: string, body: unknown): Promise<string> {
  const { url, token } = fleet.controller;
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const answer = await fetch(new URL(path, url), { method: "POST", headers, body: JSON.stringify(body) });
  return `${answer.status} ${await answer.text()}`;
}

test("a real agent pages its rotated logs, writes standard input and tells its configuration without secrets", async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", sections: SECTIONS }]);
  const { api } = fleet.controller;
  const { dir } = fleet.agent("web1");
  const page = (name: string, query: Record<string, string | number>) =>
    api.get<LogPage>(apiPath("logPage", placeOf(name)), query);
  const stdin = (name: string) => apiPath("processStdin", placeOf(name));
  // One piece after the other, each longer than a file may be: what is written at once is rotated as one.
  for (const from of [1, 201, 401]) {
    await eventually(async () => (await post(fleet, stdin("numbers"), { text: `${from}\n` })) === "204 ");
    const last = `line ${from + 199} of the log\n`;
    await eventually(async () => (await page("numbers", { containing: last, bytes: 1 })).bytes > 0);
  }

  const whole: string[] = [];
  let at = await page("numbers", { bytes: 700 });
  const newest = at;
  for (whole.unshift(at.text); !at.isOldest; whole.unshift(at.text)) {
    at = await page("numbers", { before: at.start, bytes: 700 });
  }
  const all = whole.join("");
  assert.equal(all, Array.from({ length: 600 }, (_, n) => `line ${n + 1} of the log\n`).join(""));
  assert.ok(at.backup > 1, "the oldest is a rotated file");
  const found = await page("numbers", { containing: "line 7 of the log\nline 8 of the log\n", bytes: 300 });
  assert.match(found.text, /line 8 of the log\n$/);
  assert.equal((await page("numbers", { after: found.end, bytes: 60 })).text.split("\n")[0], "line 9 of the log");

  // Files are moved on, and places are what they were.
  appendFileSync(join(dir, "numbers.log"), "somebody else wrote this\n");
  const later = await page("numbers", { after: newest.end });
  assert.equal(later.text, "somebody else wrote this\n");
  assert.equal((await fleet.fvctl("clear", "web1/numbers", "--yes")).code, 0);
  await assert.rejects(page("numbers", { before: later.end }), /HTTP 404: .*no longer kept/);

  assert.equal(await post(fleet, stdin("echo"), { text: "h\u00e9 <b>&amp;\n" }), "204 ");
  await eventually(async () => (await page("echo", {})).text === "h\u00e9 <b>&amp;\n");
  const leave = new AbortController();
  const several = await fetch(new URL(`${API_PATHS.logsStream}?selector=web1/echo`, fleet.controller.url), {
    headers: { authorization: `Bearer ${fleet.controller.token}` },
    signal: leave.signal,
  });
  let heard = "";
  let isAsked = false;
  for await (const part of several.body as unknown as AsyncIterable<Uint8Array>) {
    heard += Buffer.from(part).toString();
    if (heard.includes('"text":"live\\n"')) break;
    // Only once the log is followed: before, it would be a part of the tail.
    if (!isAsked && heard.includes('"isTail":true')) {
      isAsked = true;
      assert.equal(await post(fleet, stdin("echo"), { text: "live\n" }), "204 ");
    }
  }
  leave.abort();
  assert.match(heard, /^event: logs\ndata: .*"target":"web1\/echo:echo"/);
  assert.match(heard, /"text":"h\u00e9 <b>&amp;\\n","skippedBytes":0,"isTail":true/);

  assert.match(await post(fleet, stdin("down"), { text: "x" }), /^409 .*NOT_RUNNING: down/);

  const config = await api.get<ConfigReport>(apiPath("processConfig", placeOf("echo")));
  const options = Object.fromEntries(config.sections[0]?.options.map((option) => [option.name, option]) ?? []);
  assert.equal(config.sections[0]?.title, "program:echo");
  assert.equal(options["environment PORT"]?.value, "8080");
  assert.deepEqual(options["environment DB_PASSWORD"], { name: "environment DB_PASSWORD", value: "", isMasked: true });
  const daemon = await api.get<ConfigReport>(apiPath("instanceConfig", { instance: "web1" }));
  assert.ok(daemon.sections.some(({ title }) => title === "fleetvisor"));
  assert.doesNotMatch(JSON.stringify([config, daemon]), /canary/);
});
