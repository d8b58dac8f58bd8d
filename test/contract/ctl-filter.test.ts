// Whether fvctl's --filter means to the controller what it says: what the selectors take, as far as every term holds.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import fc from "fast-check";
import { select } from "../../controller/src/core/selection.js";
import { narrow } from "../../ctl/src/fleet/filter.js";

const INSTANCES = [
  { name: "web-1", labels: { role: "web", dc: "ams" } },
  { name: "web-2", labels: { role: "web", dc: "fra" } },
  { name: "db-1", labels: { role: "db", dc: "ams" } },
  { name: "odd,name", labels: {} },
] as const;
const PROCESSES = [
  { group: "api", name: "api", state: "RUNNING" },
  { group: "api", name: "worker", state: "FATAL" },
  { group: "db", name: "db", state: "STOPPED" },
] as const;

/** Every process that selectors take; with no selector all of them. */
function taken(selectors: readonly string[]): readonly string[] {
  const selection = select(selectors.length === 0 ? undefined : selectors.join(" "));
  return INSTANCES.flatMap(({ name, labels }) => {
    const within = selection.within(name, labels);
    return within === null
      ? []
      : PROCESSES.filter((each) => within.matches(each)).map((each) => `${name}/${each.group}:${each.name}`);
  });
}

test("a filter leaves of what the selectors take exactly what every term holds of", () => {
  const selector = fc.constantFrom(
    ...["all", "web-*/all", "web-1/api:*", "role=web/api:worker", "dc!=ams/all", "state=FATAL", "*/state!=RUNNING"],
    ...["db", "odd\\,name/all", "web-1,db-1/api", "role=web,role=db/db:*,state=STOPPED"],
  );
  const term = fc.constantFrom(
    "state=FATAL",
    "state=RUNNING",
    "state!=STOPPED",
    "role=web",
    "role!=db",
    "dc=ams",
    "dc!=fra",
  );
  let compared = 0;
  fc.assert(
    fc.property(fc.array(selector, { maxLength: 3 }), fc.uniqueArray(term, { maxLength: 3 }), (selectors, terms) => {
      let narrowed: readonly string[];
      try {
        narrowed = narrow(selectors, terms);
      } catch (thrown) {
        assert.ok(thrown instanceof FleetError && /asks for (role|state) itself/.test(thrown.message), `${thrown}`);
        return;
      }
      // What the terms alone take, in the whole fleet.
      const held = new Set(terms.length === 0 ? taken([]) : taken([["all", ...terms].join(",")]));
      assert.deepEqual(
        taken(narrowed),
        taken(selectors).filter((target) => held.has(target)),
        narrowed.join(" "),
      );
      compared += 1;
    }),
    { numRuns: 2_000 },
  );
  assert.ok(compared > 500);
});
