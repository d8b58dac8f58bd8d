import assert from "node:assert/strict";
import { test } from "node:test";
import { buildAnswer, explainParams, parseExplain } from "./explain.js";

test("a question is kept in the address; about oneself nobody is named, and without a verb nothing is asked", () => {
  const asked = explainParams({ user: "bob", verb: "stop", target: "web-1/api:a" }, "ann");
  assert.deepEqual(parseExplain(asked, "ann"), { user: "bob", verb: "stop", target: "web-1/api:a" });
  assert.deepEqual(parseExplain(asked, "bob"), { verb: "stop", target: "web-1/api:a" });
  assert.equal(explainParams({ user: "ann", verb: "read", target: "" }, "ann").toString(), "verb=read");
  assert.equal(parseExplain(new URLSearchParams("verb=dance"), "ann"), null);
});

test("an answer says once who may what, why, and whose grant decides", () => {
  const grant = { id: "1", user: "ann", role: "operator" as const, verbs: [], selector: "role=web" };
  const asked = { user: "ann", verb: "restart" as const, target: "web-1/api:a" };
  const given = { ...grant, createdBy: "bob", createdAtMs: 1 };
  assert.deepEqual(
    buildAnswer({ ...asked, allowed: true, grant: given, reason: "ann may restart web-1/api:a: operator covers it" }),
    {
      allowed: true,
      title: "ann may restart web-1/api:a",
      reason: "operator covers it",
      by: "By the grant operator of role=web, given by bob.",
    },
  );
  const refused = { ...asked, target: null, allowed: false, grant: null };
  const told = (reason: string) => buildAnswer({ ...refused, reason });
  assert.deepEqual(told("ann may not restart the whole fleet: ann has no grants"), {
    ...{ allowed: false, title: "ann may not restart everything", reason: "ann has no grants", by: null },
  });
  assert.equal(told("ann is disabled; otherwise: ann may").reason, "ann is disabled; otherwise: ann may");
});
