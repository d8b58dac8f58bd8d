// What is followed as the fleet changes: every log that is meant, within the bound, each once.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Followed } from "./followed.js";

test("what comes is taken up, what goes is said, and one that comes back is known", () => {
  const followed = new Followed(10);
  assert.deepEqual(followed.look(["a", "b"], true), { come: ["a", "b"], gone: [], left: 0, before: new Set() });
  assert.deepEqual(followed.look(["b", "c"], true), { come: ["c"], gone: ["a"], left: 0, before: new Set() });
  assert.deepEqual(followed.look(["a", "b", "c"], true), { come: ["a"], gone: [], left: 0, before: new Set(["a"]) });
});

test("one that ended by itself is not begun again and again, only once it was gone", () => {
  const followed = new Followed(10);
  followed.look(["a"], true);
  followed.end("a");
  assert.equal(followed.size, 0);
  assert.deepEqual(followed.look(["a"], true).come, []);
  assert.deepEqual(followed.look([], true).gone, [], "it was told already");
  assert.deepEqual(followed.look(["a"], true).come, ["a"]);
});

test("a list that is not whole says nothing of what is not in it", () => {
  const followed = new Followed(10);
  followed.look(["a"], true);
  assert.deepEqual(followed.look(["b"], false), { come: ["b"], gone: [], left: 0, before: new Set() });
});

test("there are never more than the bound, and what is left finds room when another goes", () => {
  const looks = fc.array(fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "e", "f")), { maxLength: 12 });
  fc.assert(
    fc.property(looks, fc.integer({ min: 1, max: 4 }), (each, most) => {
      const followed = new Followed(most);
      for (const meant of each) {
        const { left } = followed.look(meant, true);
        assert.ok(followed.size <= most);
        assert.equal(followed.size, Math.min(most, meant.length), "no place stays empty that somebody wants");
        assert.equal(left, meant.length - followed.size);
        assert.ok(meant.filter((key) => followed.has(key)).length === followed.size, "only what is meant");
      }
    }),
  );
});
