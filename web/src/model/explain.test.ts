import assert from "node:assert/strict";
import { test } from "node:test";
import { explainParams, parseExplain } from "./explain.js";

test("a question is kept in the address; about oneself nobody is named, and without a verb nothing is asked", () => {
  const asked = explainParams({ user: "bob", verb: "stop", target: "web-1/api:a" }, "ann");
  assert.deepEqual(parseExplain(asked, "ann"), { user: "bob", verb: "stop", target: "web-1/api:a" });
  assert.deepEqual(parseExplain(asked, "bob"), { verb: "stop", target: "web-1/api:a" });
  assert.equal(explainParams({ user: "ann", verb: "read", target: "" }, "ann").toString(), "verb=read");
  assert.equal(parseExplain(new URLSearchParams("verb=dance"), "ann"), null);
});
