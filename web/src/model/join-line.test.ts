import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isInstanceName, isLoopback, joinLine } from "./join-line.js";

const asked = { address: "fleet.example", port: 9701, token: "fvj_a.b.c", file: "/etc/supervisord.conf", name: "" };

test("one line names the controller in the configuration and starts the agent with the token", () => {
  assert.equal(
    joinLine(asked),
    "grep -qs '^\\[fleetvisor\\]' /etc/supervisord.conf || " +
      "printf '\\n[fleetvisor]\\ncontroller = fleet.example:9701\\n' >> /etc/supervisord.conf; " +
      "FLEETVISOR_JOIN_TOKEN=fvj_a.b.c fvagent -c /etc/supervisord.conf",
  );
});

test("a port that was typed counts, and an IPv6 address has its brackets", () => {
  const told = (address: string) => /controller = (.*?)\\n/.exec(joinLine({ ...asked, address }))?.[1];
  assert.deepEqual(["a:1", " a ", "::1", "[::1]:7", "[::1]"].map(told), [
    "a:1",
    "a:9701",
    "[::1]:9701",
    "[::1]:7",
    "[::1]:9701",
  ]);
  assert.deepEqual(["localhost", "127.0.0.1", "[::1]:1", "10.0.0.1", "local.example"].map(isLoopback), [
    true,
    true,
    true,
    false,
    false,
  ]);
});

test("a shell that runs it twice finds the section once, whatever the file and the address are called", () => {
  const dir = mkdtempSync(join(tmpdir(), "fvw-"));
  try {
    const file = join(dir, "it's a %s file.conf");
    writeFileSync(file, "[supervisord]\n");
    const line = joinLine({ ...asked, file, address: "it's%s" }).replace("fvagent", "true");
    for (let time = 0; time < 2; time++) execFileSync("/bin/sh", ["-c", line]);
    assert.equal(readFileSync(file, "utf8"), "[supervisord]\n\n[fleetvisor]\ncontroller = it's%s:9701\n");
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a name is written into the section, also into one that was there without it, and once however often", () => {
  const dir = mkdtempSync(join(tmpdir(), "fvw-"));
  try {
    const file = join(dir, "supervisord.conf");
    writeFileSync(file, "[supervisord]\n\n[fleetvisor]\ncontroller = a:1\n");
    const line = joinLine({ ...asked, file, name: "web.2" }).replace("fvagent", "true");
    for (let time = 0; time < 2; time++) execFileSync("/bin/sh", ["-c", line]);
    assert.equal(readFileSync(file, "utf8"), "[supervisord]\n\n[fleetvisor]\nname = web.2\ncontroller = a:1\n");
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a name takes the place of another in the section, and of none elsewhere", () => {
  const dir = mkdtempSync(join(tmpdir(), "fvw-"));
  try {
    const file = join(dir, "supervisord.conf");
    const other = "[other]\nname = kept\n";
    writeFileSync(file, `${other}\n[fleetvisor]\ncontroller = a:1\nname=old\n  name: older\nnames = kept\n\n${other}`);
    execFileSync("/bin/sh", ["-c", joinLine({ ...asked, file, name: "web-2" }).replace("fvagent", "true")]);
    assert.equal(
      readFileSync(file, "utf8"),
      `${other}\n[fleetvisor]\nname = web-2\ncontroller = a:1\nnames = kept\n\n${other}`,
    );
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test("a name is what selectors hold and shells leave alone", () => {
  assert.deepEqual(["web-1", "web.2_x", "", "-a", "a b", "a/b", "a:b", "$(id)"].map(isInstanceName), [
    ...[true, true, false, false, false, false, false, false],
  ]);
});
