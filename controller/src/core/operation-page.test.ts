import assert from "node:assert/strict";
import { test } from "node:test";
import { aTarget } from "./operation.fixture.js";
import type { TargetResult } from "./operation.js";
import { targetPage } from "./operation-page.js";

const RESULTS: readonly TargetResult[] = ["failed", "succeeded", "unknown", "succeeded", "failed"];
const targets = RESULTS.map((result, place) => aTarget({ name: `p${place}`, result }));

function pages(results: readonly TargetResult[], limit: number): string[] {
  const told: string[] = [];
  for (let from: number | null = 0; from !== null; ) {
    const page = targetPage(targets, { results, from, limit });
    told.push(page.targets.map(({ name }) => name).join(" "));
    from = page.next;
  }
  return told;
}

test("pages of targets hold each once, in order, and the last one is not empty", () => {
  assert.deepEqual(pages([], 2), ["p0 p1", "p2 p3", "p4"]);
  assert.deepEqual(pages([], 5), ["p0 p1 p2 p3 p4"]);
});

test("pages of targets that became something hold those alone", () => {
  assert.deepEqual(pages(["failed", "unknown"], 2), ["p0 p2", "p4"]);
  assert.deepEqual(pages(["succeeded"], 2), ["p1 p3"]);
  assert.deepEqual(pages(["skipped"], 2), [""]);
});

test("a page goes on where the last one ended though what became of its targets has changed", () => {
  const { next } = targetPage(targets, { results: ["failed"], from: 0, limit: 1 });
  const later = targets.map((target) => ({ ...target, result: "succeeded" as const }));
  assert.deepEqual(targetPage(later, { results: ["succeeded"], from: next ?? 0, limit: 9 }).targets, later.slice(4));
});
