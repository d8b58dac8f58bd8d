import assert from "node:assert/strict";
import { test } from "node:test";
import { formatCounts, formatSpan, formatUptime, parseMoment, parseSpan } from "./words.js";

test("an uptime reads as supervisorctl writes it", () => {
  assert.equal(formatUptime(65_999), "0:01:05");
  assert.equal(formatUptime(86_400_000), "1 day, 0:00:00");
  assert.equal(formatUptime(12 * 86_400_000 + 11_045_000), "12 days, 3:04:05");
  assert.equal(formatUptime(-5_000), "0:00:00");
});

test("spans are read in the units people type, and anything else is refused by name", () => {
  assert.deepEqual(
    ["90", "90s", "15m", "1h30m", "7d", "2w"].map((text) => parseSpan(text, "--ttl") / 1000),
    [90, 90, 900, 5_400, 604_800, 1_209_600],
  );
  for (const text of ["", "h", "1y", "-1h", "1.5h", "1h x"])
    assert.throws(() => parseSpan(text, "--ttl"), /--ttl/, text);
});

test("a moment is a span before now or a date", () => {
  assert.equal(parseMoment("1h", "--since", 10_000_000), 6_400_000);
  assert.equal(parseMoment("2026-11-21T09:00:00Z", "--since", 0), Date.UTC(2026, 10, 21, 9));
  assert.throws(() => parseMoment("yesterday", "--since", 0), /--since yesterday/);
});

test("spans and counts for people", () => {
  assert.deepEqual(
    [400, 4_000, 187_000, 7_500_000, 1_047_600_000].map((ms) => formatSpan(ms)),
    ["0s", "4s", "3m 07s", "2h 05m", "12d 3h"],
  );
  assert.equal(formatSpan(412, true), "0.4s");
  assert.equal(formatCounts({ FATAL: 1, RUNNING: 5, STOPPED: 0 }), "5 RUNNING, 1 FATAL");
});
