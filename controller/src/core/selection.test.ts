// Prepared selections against the plainest matcher there is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { PROCESS_STATE_NAMES } from "@fleetvisor/proto/vocabulary/states";
import fc from "fast-check";
import { type Labels, type Selectable, selectionOf, takesProcess } from "./selection.js";
import { parseSelectors, type Selector } from "./selector.js";

const anyItem = fc.constantFrom("web1", "web2", "web*", "db?", "role=web", "dc!=ams", "dc=*", "role=db");
const anyProcessItem = fc.constantFrom(
  "api",
  "api:*",
  "api:",
  "*:0",
  "worker:0",
  "all",
  "*",
  "state=FATAL",
  "state!=RUNNING",
  "w*:[0-4]",
);
const items = (item: fc.Arbitrary<string>) =>
  fc.array(item, { minLength: 1, maxLength: 3 }).map((list) => list.join(","));
const anySelector = fc.oneof(
  fc.tuple(items(anyItem), items(anyProcessItem)).map(([left, right]) => `${left}/${right}`),
  items(anyProcessItem),
  fc.constantFrom("role=web", "dc!=ams", "role=web,api:*"),
);
const anySelectors = fc.array(anySelector, { minLength: 1, maxLength: 5 }).map((list) => list.join(" "));
const anyLabels: fc.Arbitrary<Labels> = fc.record(
  { role: fc.constantFrom("web", "db"), dc: fc.constantFrom("ams", "fra") },
  { requiredKeys: [] },
);
const anyInstance = fc.constantFrom("web1", "web2", "web10", "db1", "x");
const anyProcess: fc.Arbitrary<Selectable> = fc.record({
  group: fc.constantFrom("api", "worker", "w"),
  name: fc.constantFrom("api", "0", "7", "w"),
  state: fc.constantFrom(...PROCESS_STATE_NAMES),
});

function takesInstanceNaively(selector: Selector, instance: string, labels: Labels): boolean {
  if (selector.instances.length > 0 && !selector.instances.some((glob) => glob.matches(instance))) return false;
  const keys = new Set(selector.labels.filter((term) => !term.negated).map((term) => term.key));
  const equals = (key: string, term: (typeof selector.labels)[number]) => {
    const value = labels[key];
    return term.key === key && value !== undefined && term.value.matches(value);
  };
  return (
    [...keys].every((key) => selector.labels.some((term) => !term.negated && equals(key, term))) &&
    !selector.labels.some((term) => term.negated && equals(term.key, term))
  );
}

test("what is selected within an instance is what the selectors, asked one by one, take", () => {
  fc.assert(
    fc.property(anySelectors, anyInstance, anyLabels, anyProcess, (text, instance, labels, process) => {
      const selectors = parseSelectors(text);
      const selection = selectionOf(selectors);
      const naive = selectors.filter((selector) => takesInstanceNaively(selector, instance, labels));
      const covers = naive.some((selector) => takesProcess(selector, process.group, process.name));
      const matches = naive.some(
        (selector) =>
          takesProcess(selector, process.group, process.name) &&
          (selector.states === null || selector.states.has(process.state)),
      );
      const within = selection.within(instance, labels);
      assert.equal(within !== null, naive.length > 0);
      assert.equal(within?.matches(process) ?? false, matches);
      assert.equal(within?.covers(process.group, process.name) ?? false, covers);
      if (within?.everything === true) assert.equal(matches, true);
      if (selection.instances !== null && !selection.instances.has(instance)) assert.equal(within, null);
    }),
    { numRuns: 2_000 },
  );
});

test("a thousand exact targets cost one look an instance", () => {
  const text = Array.from({ length: 1_000 }, (_, at) => `web${at}/api:p${at}`).join(" ");
  const selection = selectionOf(parseSelectors(text));
  assert.equal(selection.instances?.size, 1_000);
  const began = performance.now();
  for (let at = 0; at < 1_000; at++) {
    assert.equal(selection.within(`web${at}`, {})?.matches({ group: "api", name: `p${at}`, state: "RUNNING" }), true);
  }
  assert.ok(performance.now() - began < 10_000);
});

test("what happens to an instance itself is selected by what takes all its processes", () => {
  const itself = (text: string) => selectionOf(parseSelectors(text)).within("web1", {})?.itself;
  assert.deepEqual(["web1/all", "web1/api", "web1/*", "all"].map(itself), [true, false, true, true]);
});
