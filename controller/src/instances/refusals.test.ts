// What an agent is told when something went wrong here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { status } from "@grpc/grpc-js";
import { refusalOf } from "./refusals.js";

test("an agent hears what it did wrong, and of a defect only that there was one", () => {
  assert.deepEqual(refusalOf(new FleetError("conflict", "the name web1 belongs to another agent")), {
    code: status.ALREADY_EXISTS,
    details: "the name web1 belongs to another agent",
  });
  assert.deepEqual(refusalOf(FleetError.from(new TypeError("cannot read properties of undefined (reading 'x')"))), {
    code: status.INTERNAL,
    details: "the controller failed; its log says why",
  });
});
