// What of a configuration is told elsewhere: everything that is set, and no secret.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { hostWorld } from "./host-world.js";
import { loadConfig } from "./load.js";
import { daemonReport, isHarmless, processReport, type ReportedSection } from "./report.js";
import type { ResolvedConfig } from "./resolved.js";

const TEXT = `
[supervisord]
environment = SHARED="yes",API_TOKEN="canary-1"

[unix_http_server]
file = /tmp/fv-report.sock
username = ann
password = canary-2

[program:api]
command = /bin/cat --quiet
process_name = api-%(process_num)d
numprocs = 2
autorestart = unexpected
exitcodes = 0,3
stopsignal = USR1
environment = PORT="8080",DB_URL="postgres://app:canary-3@db/app",PASSPHRASE="canary-4",NOTE='a "quoted" canary-5',ID="canary6aaaaaaaaaaaaaaaaaaaaaa9",EMPTY=""

[eventlistener:watch]
command = /bin/cat
events = PROCESS_STATE
`;

function configOf(t: TestContext): ResolvedConfig {
  const dir = mkdtempSync(join(tmpdir(), "fv-report-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const configfile = join(dir, "supervisord.conf");
  writeFileSync(configfile, TEXT);
  const result = loadConfig({ configfile, overrides: {} }, hostWorld());
  assert.ok(result.ok, result.ok ? "" : result.error);
  return result.config;
}

const optionsOf = (sections: readonly ReportedSection[] | null, title: string) =>
  Object.fromEntries(
    (sections?.find((section) => section.title === title)?.options ?? []).map(({ name, value, isMasked }) => [
      name,
      isMasked ? "(masked)" : value,
    ]),
  );

test("a process is told with every option, defaults and expansions applied", (t) => {
  const config = configOf(t);
  const options = optionsOf(processReport(config, "api", "api-1"), "program:api");
  assert.deepEqual(
    [options.process_name, options.command, options.autorestart, options.exitcodes, options.stopsignal],
    ["api-1", "/bin/cat --quiet", "unexpected", "0,3", "USR1"],
  );
  assert.deepEqual([options.startsecs, options.stdout_logfile, options.directory], ["1", "AUTO", ""]);
  assert.equal(processReport(config, "api", "api-7"), null);
  assert.equal(processReport(config, "nope", "api-1"), null);
  const listener = processReport(config, "watch", "watch");
  assert.deepEqual(
    listener?.map(({ options: all, title }) => [title, all.length > 0]),
    [
      ["eventlistener:watch", true],
      ["eventlistener:watch", true],
    ],
  );
});

test("what may be a secret is named and not told", (t) => {
  const config = configOf(t);
  const process = processReport(config, "api", "api-0");
  const daemon = daemonReport(config);
  assert.doesNotMatch(JSON.stringify([process, daemon]), /canary/);
  const options = optionsOf(process, "program:api");
  assert.deepEqual(
    ["SHARED", "API_TOKEN", "PORT", "DB_URL", "PASSPHRASE", "NOTE", "ID", "EMPTY"].map(
      (name) => options[`environment ${name}`],
    ),
    ["yes", "(masked)", "8080", "(masked)", "(masked)", "(masked)", "(masked)", ""],
  );
  const server = optionsOf(daemon, "unix_http_server");
  assert.deepEqual([server.username, server.password], ["ann", "(masked)"]);
  assert.equal(optionsOf(daemon, "groups").api, "api-0, api-1");
});

test("in doubt a variable is a secret", () => {
  for (const [name, value] of [
    ["LANG", "en_GB.UTF-8"],
    ["PATH", "/usr/local/bin:/usr/bin"],
    ["URL", "https://example.net/path"],
    ["DEBUG", "true"],
  ] as const) {
    assert.ok(isHarmless(name, value), name);
  }
  for (const [name, value] of [
    ["DB_PASSWORD", "x"],
    ["URL", "amqp://user:word@queue"],
    ["X", "3fa85f64e5a24b9cb1f2c0ffee0000aa"],
    ["AWS_ACCESS_KEY_ID", "AKIA"],
    ["JSON", '{"a":1}'],
    ["LONG", "word ".repeat(100)],
  ] as const) {
    assert.ok(!isHarmless(name, value), name);
  }
});
