import assert from "node:assert/strict";
import { test } from "node:test";
import {
  ANY_OPERATION,
  isOperationFiltered,
  isShown,
  operationFilterParams,
  operationQuery,
  parseOperationFilter,
} from "./operation-filter.js";

test("the address holds the whole filter, and what it does not know is no filter", () => {
  const text = "state=failed%2Caborted&verb=restart&user=ann";
  const filter = parseOperationFilter(new URLSearchParams(text));
  assert.equal(operationFilterParams(filter).toString(), text);
  assert.deepEqual(parseOperationFilter(new URLSearchParams("state=gone&verb=explode")), ANY_OPERATION);
  assert.deepEqual([isOperationFiltered(ANY_OPERATION), isOperationFiltered(filter)], [false, true]);
});

test("the controller narrows by one state, the page by several", () => {
  assert.deepEqual(operationQuery({ ...ANY_OPERATION, states: ["failed"], user: " ann " }), {
    state: "failed",
    user: "ann",
  });
  const two = { ...ANY_OPERATION, states: ["failed", "aborted"], verb: "stop" } as const;
  assert.deepEqual(operationQuery(two), { verb: "stop" });
  const operation = { state: "failed", verb: "stop", user: "ann" } as const;
  assert.ok(isShown(two, operation) && !isShown(two, { ...operation, state: "running" }));
  assert.ok(!isShown({ ...two, user: "bob" }, operation));
});
