import assert from "node:assert/strict";
import { test } from "node:test";
import { impactOf } from "./operation-impact.js";

test("an impact counts targets, instances and batches, and names the instances with most", () => {
  const on = (instance: string, batch: number) => ({ instance, batch });
  const targets = [on("b", 0), on("a", 0), on("b", 1), on("c", 1), on("b", 2)];
  assert.deepEqual(impactOf(targets), {
    targets: 5,
    instances: 3,
    most: [
      { instance: "b", targets: 3 },
      { instance: "a", targets: 1 },
      { instance: "c", targets: 1 },
    ],
    batches: 3,
    batchSize: 2,
  });
  assert.deepEqual(impactOf([]), { targets: 0, instances: 0, most: [], batches: 0, batchSize: 0 });
});

test("of a large fleet few instances are named", () => {
  const targets = Array.from({ length: 200_000 }, (_, n) => ({ instance: `web-${n % 1_000}`, batch: 0 }));
  const impact = impactOf(targets);
  assert.deepEqual([impact.instances, impact.most.length, impact.batchSize], [1_000, 8, 200_000]);
});
