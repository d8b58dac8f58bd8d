// Grants as they are typed, and tables of who may do what.
import assert from "node:assert/strict";
import { test } from "node:test";
import { auditRows, grantOf, joinTokenRows, tokenRows, userRows } from "./access.js";
import { chooseColors } from "./colors.js";

const COLORS = chooseColors({}, false);

test("a grant is typed as a role or as verbs, and what is neither is named", () => {
  assert.deepEqual(grantOf("operator"), { role: "operator" });
  assert.deepEqual(grantOf("restart,logs"), { verbs: ["restart", "logs"] });
  for (const text of ["owner", "", "restart,", "viewer,logs", "Restart"]) {
    assert.throws(() => grantOf(text), { kind: "invalid-argument", message: /is neither a role nor a verb/ });
  }
});

test("a user's row says how one logs in and what one may", () => {
  const user = { name: "ann", passwordSet: true, disabledAtMs: null, createdAtMs: 1, grants: [] };
  const grant = { id: "g", user: "ann", createdBy: "admin", createdAtMs: 1 };
  const grants = [
    { ...grant, role: "operator" as const, verbs: [], selector: "web*" },
    { ...grant, role: null, verbs: ["logs" as const, "restart" as const], selector: "db1/pg" },
  ];
  assert.deepEqual(userRows([user, { ...user, grants, disabledAtMs: 5 }, { ...user, passwordSet: false }]), [
    ["ann", "password", "none"],
    ["ann", "disabled", "operator on web*; logs,restart on db1/pg"],
    ["ann", "no password", "none"],
  ]);
});

test("tokens never show what opens something, the audit names nobody", () => {
  const token = { id: "t", name: "ci", user: "ann", createdAtMs: 0, lastUsedAtMs: null };
  assert.deepEqual(tokenRows([token], 0, COLORS)[0]?.[3], "never");
  const join = { id: "j", uses: 5, used: 2, createdBy: "ann", createdAtMs: 0, expiresAtMs: 0 };
  assert.equal(joinTokenRows([join], 0, COLORS)[0]?.[1], "3");
  const entry = {
    id: 1,
    atMs: 0,
    actor: "",
    action: "login",
    subject: "eve",
    outcome: "done",
    address: "::1",
    hash: "",
  };
  const [row] = auditRows([{ ...entry, outcome: "done" }], COLORS);
  assert.equal(row?.[1], "nobody");
});

test("of a token that ends it is said when, also when it has ended; one without an end is good until somebody removes it", () => {
  const nowMs = Date.parse("2026-11-21T10:00:00");
  const moment = (time: string) => Date.parse(`2026-11-21T${time}`);
  const token = { id: "t", name: "ci", user: "ann", createdAtMs: 0, lastUsedAtMs: null };
  const until = (expiresAtMs: number | null) => {
    const cell = tokenRows([{ ...token, expiresAtMs }], nowMs, COLORS)[0]?.[4];
    return typeof cell === "object" ? cell.text : cell;
  };
  assert.equal(until(moment("10:00:01")), "2026-11-21 10:00:01");
  assert.equal(until(moment("10:00:00")), "over since 2026-11-21 10:00:00");
  assert.equal(until(null), "removed");
  assert.equal(tokenRows([token], nowMs, COLORS)[0]?.[4], "removed", "of a controller that knows no end");
  const join = { id: "j", uses: 5, used: 2, createdBy: "ann", createdAtMs: 0, expiresAtMs: moment("09:00:00") };
  assert.deepEqual(joinTokenRows([join], nowMs, COLORS)[0]?.[4], {
    text: "over since 2026-11-21 09:00:00",
    paint: COLORS.red,
  });
});
