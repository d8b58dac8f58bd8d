import assert from "node:assert/strict";
import { test } from "node:test";
import { connectionFailure, refusal } from "./failure.js";

const URL = "http://h:9700";

function failed(code: string): TypeError {
  return new TypeError("fetch failed", { cause: Object.assign(new Error(`low level ${code}`), { code }) });
}

test("what never reached the controller was surely not done; what broke on the way may have been", () => {
  assert.equal(connectionFailure(URL, true, failed("ECONNREFUSED")).kind, "unavailable");
  assert.match(
    connectionFailure(URL, true, failed("ECONNREFUSED")).message,
    /^cannot reach http:\/\/h:9700: nobody listens/,
  );
  assert.equal(connectionFailure(URL, true, failed("ECONNRESET")).kind, "unknown-outcome");
  assert.equal(connectionFailure(URL, true, failed("UND_ERR_SOCKET")).kind, "unknown-outcome");
  assert.equal(connectionFailure(URL, false, failed("ECONNRESET")).kind, "unavailable");
});

test("a refusal is told in the controller's words; a proxy's answer to an order leaves its fate open", () => {
  const body = JSON.stringify({ error: { kind: "forbidden", message: "bob may not stop web-1/api:api" } });
  const told = refusal(URL, 403, body, true);
  assert.deepEqual([told.kind, told.message], ["forbidden", "bob may not stop web-1/api:api"]);
  assert.equal(refusal(URL, 502, "<html>Bad Gateway", true).kind, "unknown-outcome");
  assert.equal(refusal(URL, 502, "<html>Bad Gateway", false).kind, "unavailable");
  assert.match(refusal(URL, 404, "<html>", false).message, /does not answer like a fleetvisor controller/);
  assert.equal(refusal(URL, 401, '{"error":"odd"}', false).kind, "unauthenticated");
});

test("a fault that an agent answered is said in words", () => {
  const body = (message: string) => JSON.stringify({ error: { kind: "not-found", message } });
  assert.equal(refusal("u", 404, body("NO_FILE: /var/log/x"), false).message, "no file: /var/log/x");
  assert.equal(refusal("u", 404, body("there is no instance A: b"), false).message, "there is no instance A: b");
});
