// Texts of libraries, as they were seen, and what becomes of them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { describeFailure } from "./failures.js";

const SEEN: readonly (readonly [string, string])[] = [
  [
    "No connection established. Last error: Error: 803C2250997F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../deps/openssl/openssl/ssl/record/ssl3_record.c:350:\n. Resolution note: ",
    "what listens there does not speak TLS as a controller does",
  ],
  [
    "No connection established. Last error: Error: connect ECONNREFUSED 127.0.0.1:1. Resolution note: ",
    "connection refused",
  ],
  ["Name resolution failed for target dns:nosuchhost.invalid:9701", "its name cannot be resolved"],
  ["connect ETIMEDOUT 192.0.2.1:9701", "no answer in time"],
  [
    "No connection established. Last error: Error: self-signed certificate in certificate chain. Resolution note: ",
    "self-signed certificate in certificate chain",
  ],
  ["the agent was removed", "the agent was removed"],
];

test("what a library says becomes one line for people", () => {
  for (const [text, words] of SEEN) assert.equal(describeFailure(text), words);
});
