// The order of names, and what may be the name of an instance.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareNames, INSTANCE_NAME } from "./names.js";

test("numbers inside names count as numbers", () => {
  assert.deepEqual(["web10", "web2", "web1"].sort(compareNames), ["web1", "web2", "web10"]);
});

test("the order is total: different names are never equal and no three go round in a circle", () => {
  const name = fc.string({ unit: fc.constantFrom("a", "A", "á", "0", "1", "-", "_"), maxLength: 5 });
  fc.assert(
    fc.property(name, name, name, (a, b, c) => {
      assert.equal(compareNames(a, b) === 0, a === b);
      assert.equal(Math.sign(compareNames(a, b)), -Math.sign(compareNames(b, a)) || 0);
      if (compareNames(a, b) <= 0 && compareNames(b, c) <= 0) assert.ok(compareNames(a, c) <= 0);
    }),
    { numRuns: 2_000 },
  );
});

test("a name that would need quoting anywhere is none", () => {
  for (const name of ["web1", "db-1.example.org", "_x", "A".repeat(128)]) assert.ok(INSTANCE_NAME.test(name), name);
  for (const name of ["", ".", "..", ".hidden", "-x", "a b", "a/b", "a:b", "a@b", "a*", "é", "a\n", "A".repeat(129)]) {
    assert.ok(!INSTANCE_NAME.test(name), JSON.stringify(name));
  }
});
