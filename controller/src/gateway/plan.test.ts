// How a multicall is taken apart and its answer put together again.
import assert from "node:assert/strict";
import test from "node:test";
import type { AccessVerb } from "@fleetvisor/proto/vocabulary/access";
import { decodeResponse, encodeFault, encodeResult, type XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { encodeAnswer, requestOf, resultsOf, visibleResult } from "./answer.js";
import type { Sight } from "./decide.js";
import { type Plan, planCall } from "./plan.js";

const sight: Sight = {
  user: "ann",
  instance: "web1",
  mayAll: () => false,
  may: (verb: AccessVerb, { group }) => group === "api" && (verb === "read" || verb === "stop"),
  processes: () => [{ group: "api", name: "one" }],
};

const sub = (methodName: string, ...params: XmlRpcValue[]) => ({ methodName: `supervisor.${methodName}`, params });
const multicall = (...calls: XmlRpcValue[]) => planCall({ method: "system.multicall", params: [calls] }, sight);

/** Places of the calls of each step, and of those that are not sent. */
const shape = ({ steps, refused }: Plan) => ({
  steps: steps.map(({ calls }) => calls.map(({ place }) => place)),
  refused: refused.map(({ place, decision }) => `${place} ${decision.text}`),
});

test("calls that only look go together, one that changes something goes alone, in their order", () => {
  const plan = multicall(
    sub("getState"),
    sub("getAllProcessInfo"),
    sub("stopProcess", "api:one"),
    sub("stopProcess", "api:one"),
    sub("getPID"),
    sub("getProcessInfo", "api:one"),
    sub("getProcessInfo", "api:one"),
  );
  assert.deepEqual(shape(plan), { steps: [[0, 1], [2], [3], [4], [5, 6]], refused: [] });
});

test("refused calls leave the others as they are", () => {
  const plan = multicall(sub("getState"), sub("shutdown"), sub("nope"), sub("getPID"), sub("startProcess", "api:one"));
  assert.deepEqual(shape(plan), {
    steps: [[0, 3]],
    refused: [
      "1 FAILED: ann may not configure web1 as a whole",
      "2 UNKNOWN_METHOD",
      "4 FAILED: ann may not start web1/api:one",
    ],
  });
});

test("calls that are none get supervisord's faults, and a multicall inside is never sent", () => {
  const nested = { methodName: "system.multicall", params: [[sub("shutdown")]] };
  const plan = multicall("what", { params: [] }, nested, { methodName: "supervisor.stopProcess", params: 5 });
  assert.deepEqual(shape(plan), {
    steps: [],
    refused: [
      "0 INCORRECT_PARAMETERS: No methodName",
      "1 INCORRECT_PARAMETERS: No methodName",
      "2 INCORRECT_PARAMETERS: Recursive system.multicall forbidden",
      "3 INCORRECT_PARAMETERS",
    ],
  });
  for (const params of [[], [5], [[], []], ["text"]] as XmlRpcValue[][]) {
    const whole = planCall({ method: "system.multicall", params }, sight);
    assert.deepEqual(shape(whole).refused, ["0 INCORRECT_PARAMETERS"]);
    assert.equal(whole.isMulticall, false);
  }
  const many = multicall(...Array.from({ length: 1001 }, () => sub("getState")));
  assert.deepEqual(shape(many), { steps: [], refused: ["0 FAILED: more than 1000 calls in one system.multicall"] });
});

test("what is sent is judged: parameters that Python takes one by one are sent as that", () => {
  const plan = multicall({ methodName: "supervisor.stopProcess", params: "ab" });
  assert.deepEqual(
    plan.steps.map((step) => requestOf(step, true)),
    [{ method: "system.multicall", params: [[{ methodName: "supervisor.stopProcess", params: ["a", "b"] }]] }],
  );
});

test("results come back in their places, rows without what is not the caller's", () => {
  const plan = multicall(sub("getAllProcessInfo"), sub("getPID"));
  const [step] = plan.steps;
  assert.ok(step !== undefined);
  const rows = [{ group: "db", name: "db" }, { group: "api", name: "one" }, "odd"];
  const results = resultsOf(step, true, encodeResult([rows, { faultCode: 6, faultString: "SHUTDOWN_STATE" }]));
  const shown = step.calls.map((call, index) => {
    const result = results[index];
    assert.ok(result !== undefined);
    return visibleResult(call, result, sight);
  });
  assert.deepEqual(decodeResponse(encodeAnswer(shown, true)), {
    ok: true,
    value: [[{ group: "api", name: "one" }], { faultCode: 6, faultString: "SHUTDOWN_STATE" }],
  });
});

test("an answer that is short, or a fault, stands for every call of its step", () => {
  const [step] = multicall(sub("getState"), sub("getPID")).steps;
  assert.ok(step !== undefined);
  assert.deepEqual(resultsOf(step, true, encodeResult([5]))[1], {
    ok: false,
    code: 30,
    text: "FAILED: the agent left the result out",
  });
  assert.deepEqual(resultsOf(step, true, encodeFault(2, "NO")), [
    { ok: false, code: 2, text: "NO" },
    { ok: false, code: 2, text: "NO" },
  ]);
});
