import assert from "node:assert/strict";
import { test } from "node:test";
import type { AuditCheck, AuditEntry } from "@fleetvisor/proto/api/v1";
import { auditParams, auditQuery, buildAudit, buildCheck, isWholeAudit, parseAuditView, WHOLE_AUDIT } from "./audit.js";

test("what the URL asks for is what the controller is asked for; what cannot be read is left out", () => {
  const view = parseAuditView(new URLSearchParams("user=ann&text=web-1&action=operation&outcome=refused&span=6h"));
  assert.deepEqual(parseAuditView(auditParams(view)), view);
  assert.deepEqual(auditQuery(view, 100_000_000.4), {
    ...{ user: "ann", text: "web-1", action: "operation", outcome: "refused" },
    sinceMs: 100_000_000 - 6 * 3_600_000,
  });
  const unread = parseAuditView(new URLSearchParams("action=nothing&outcome=maybe&span=9y"));
  assert.deepEqual(unread, WHOLE_AUDIT);
  assert.deepEqual(auditQuery(unread, 1), {});
  assert.deepEqual([isWholeAudit(unread), isWholeAudit(view)], [true, false]);
});

test("an audit row without an actor says so", () => {
  const entry = { id: 1, atMs: 1, actor: "", action: "login", subject: "x", outcome: "refused", address: "::1" };
  const [row] = buildAudit([{ ...entry, hash: "0123456789abcdef" } as AuditEntry]);
  assert.deepEqual([row?.actor, row?.refused, row?.hash], ["nobody known", true, "0123456789ab"]);
});

const part = (more: Partial<AuditCheck>): AuditCheck => ({
  ...{ rows: 0, total: 0, head: "", broken: null, nextCursor: null },
  ...more,
});

test("a check says how far it is, that all holds, or which row does not", () => {
  const told = (parts: readonly AuditCheck[], stopped = false) => {
    const state = buildCheck(parts, stopped);
    return [state?.tone, state?.title, state?.more];
  };
  assert.equal(buildCheck([], false), null);
  const first = part({ rows: 20_000, total: 50_000, head: "ab".repeat(32), nextCursor: "20000.ab" });
  assert.deepEqual(told([first]), ["running", "Checking: 20,000 of 50,000 rows hold so far", "Last hash abababababab"]);
  assert.deepEqual(told([first], true)[1], "20,000 of 50,000 rows are checked, and hold");
  assert.deepEqual(told([first, part({ rows: 50_000, total: 50_000 })]).slice(0, 2), [
    "good",
    "All 50,000 rows are as they were written",
  ]);
  assert.deepEqual(told([part({})])[1], "No row yet, and none is missing");
  const broken = part({ rows: 6, total: 9, broken: { id: 7, reason: "row 7 is missing" } });
  assert.deepEqual(told([broken]), [
    "bad",
    "Row 7 is not as it was written",
    "Row 7 is missing. The 6 rows before it hold.",
  ]);
});
