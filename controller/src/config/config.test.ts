// Settings from file and flags: which wins, what is refused, and that every mistake is told with its place at once.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import fc from "fast-check";
import { readConfig } from "./config.js";
import { formatAddress, readAddress } from "./keys.js";
import { isLoopback } from "./loopback.js";

function fileOf(t: TestContext, text: string): string {
  const dir = mkdtempSync(join(tmpdir(), "fv-config-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, "controller.conf");
  writeFileSync(file, text);
  return file;
}

/** The lines of the refusal, with the file's path as FILE. */
function mistakes(file: string | null, flags: Readonly<Record<string, unknown>> = {}): string[] {
  try {
    readConfig(file, flags);
  } catch (error) {
    assert.ok(error instanceof FleetError && error.kind === "invalid-argument", String(error));
    return error.message.split("\n").map((line) => (file === null ? line : line.replaceAll(file, "FILE")));
  }
  return [];
}

test("without a file the defaults hold, and the web page is for this host alone", () => {
  const config = readConfig(null, {});
  assert.deepEqual(config.http_listen, { host: "127.0.0.1", port: 9700 });
  assert.deepEqual([config.heartbeat_seconds, config.insecure_http, config.public_url], [5, false, null]);
});

test("a flag goes before the file, the file before the default", (t) => {
  const file = fileOf(t, "[controller]\ndata_dir = /srv/fv\nheartbeat_seconds = 2\n; a comment\nlog_level = warn\n");
  const config = readConfig(file, { heartbeat_seconds: "7" });
  assert.deepEqual([config.data_dir, config.heartbeat_seconds, config.log_level], ["/srv/fv", 7, "warn"]);
});

test("every mistake is told at once, each with file and line or with its flag", (t) => {
  const file = fileOf(
    t,
    "[controller]\nheartbeat_seconds = often\ndatadir = /x\n[agents]\nx = 1\n[supervisor:old]\nurl = http://x\n",
  );
  assert.deepEqual(mistakes(file, { http_listen: "nowhere", log_level: "loud" }), [
    "FILE:3: there is no key datadir; there are data_dir http_listen grpc_listen http_tls_cert http_tls_key insecure_http public_url heartbeat_seconds retention_days retention_events retention_mib sample_seconds retention_metrics_days retention_metrics_hourly_days metrics_public metrics_processes log_level",
    "FILE:4: there is no [agents], only [controller]",
    "FILE:6: [supervisor:old]: this version cannot attach a supervisord yet",
    "--http-listen: http_listen: 'nowhere' is not HOST:PORT",
    "FILE:2: heartbeat_seconds: 'often' is not a number from 0.2 to 60",
    "--log-level: log_level: 'loud' is no log level; there are fatal error warn info debug trace",
  ]);
});

test("settings before any section are told with their line", (t) => {
  const file = fileOf(t, "# mine\ndata_dir = /x\n[controller]\n");
  assert.deepEqual(mistakes(file), ["FILE:2: data_dir stands before any section: settings belong below [controller]"]);
});

test("a section with a dot in its name is told as it is written", (t) => {
  assert.deepEqual(mistakes(fileOf(t, "\n[controller.two]\ndata_dir = /x\n[supervisor:db.example]\nurl = x\n")), [
    "FILE:2: there is no [controller.two], only [controller]",
    "FILE:4: [supervisor:db.example]: this version cannot attach a supervisord yet",
  ]);
});

test("a file that cannot be read is named", () => {
  assert.match(mistakes("/nonexistent/controller.conf")[0] ?? "", /^FILE: cannot be read: /);
});

test("passwords never go over a network in clear text unless that is said", () => {
  const open = { http_listen: "0.0.0.0:9700" };
  assert.match(mistakes(null, open)[0] ?? "", /^--http-listen: 0\.0\.0\.0:9700 would carry passwords in clear text/);
  assert.match(mistakes(null, { http_listen: "[::]:9700" })[0] ?? "", /clear text/);
  assert.deepEqual(mistakes(null, { ...open, insecure_http: true }), []);
  assert.deepEqual(mistakes(null, { ...open, http_tls_cert: "/c", http_tls_key: "/k" }), []);
  assert.match(mistakes(null, { http_tls_cert: "/c" })[0] ?? "", /http_tls_cert and http_tls_key go together/);
});

test("only addresses of this host count as loopback", () => {
  for (const host of ["127.0.0.1", "127.9.9.9", "::1", "localhost"]) assert.equal(isLoopback(host), true, host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "example.org", "128.0.0.1", "localhost.example.org", ""]) {
    assert.equal(isLoopback(host), false, host);
  }
});

test("addresses come back as they were written", () => {
  const port = fc.nat(65_535);
  const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
  fc.assert(
    fc.property(host, port, (name, number) => {
      assert.deepEqual(readAddress(formatAddress({ host: name, port: number })), { host: name, port: number });
    }),
  );
  assert.deepEqual(readAddress("*:80"), { host: "0.0.0.0", port: 80 });
  assert.deepEqual(readAddress("80"), { host: "0.0.0.0", port: 80 });
  for (const bad of ["", "host", "host:", "host:99999", "::1:80", "a b:80", "host:-1", "host:8o"]) {
    assert.throws(() => readAddress(bad), { kind: "invalid-argument" }, bad);
  }
});
