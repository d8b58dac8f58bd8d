// Reading selectors: what each form means, and that a mistake is told with its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import fc from "fast-check";
import { escapeGlob } from "./glob.js";
import { select } from "./selection.js";
import { parseSelectors, SELECTOR_LIMIT } from "./selector.js";

/** What a selector takes of a small fleet, as targets. */
function taken(text: string): string[] {
  const fleet: [instance: string, labels: Record<string, string>, target: string, state: "RUNNING" | "FATAL"][] = [
    ["web-1", { role: "web", dc: "ams" }, "api:api", "RUNNING"],
    ["web-1", { role: "web", dc: "ams" }, "api:helper", "FATAL"],
    ["web-2", { role: "web", dc: "fra" }, "worker:0", "RUNNING"],
    ["db-1", { role: "db" }, "pg:pg", "RUNNING"],
    ["db-1", { role: "db" }, "cron:cron", "FATAL"],
  ];
  const selection = select(text);
  return fleet.flatMap(([instance, labels, target, state]) => {
    const [group = "", name = ""] = target.split(":");
    return selection.within(instance, labels)?.matches({ group, name, state }) === true
      ? [`${instance}/${target}`]
      : [];
  });
}

test("the forms of the grammar take what their description says", () => {
  const cases: [selector: string, ...targets: string[]][] = [
    ["web-*/api:*", "web-1/api:api", "web-1/api:helper"],
    ["web-1/api", "web-1/api:api"],
    ["web-1/api:", "web-1/api:api", "web-1/api:helper"],
    ["db-1/all", "db-1/pg:pg", "db-1/cron:cron"],
    ["role=web,dc!=ams/worker:*", "web-2/worker:0"],
    ["dc!=ams", "web-2/worker:0", "db-1/pg:pg", "db-1/cron:cron"],
    ["dc=*", "web-1/api:api", "web-1/api:helper", "web-2/worker:0"],
    ["dc=ams,dc=fra/*:api,worker:*", "web-1/api:api", "web-2/worker:0"],
    ["state=fatal", "web-1/api:helper", "db-1/cron:cron"],
    ["role=db,state!=FATAL", "db-1/pg:pg"],
    ["web-1/api  db-1/pg", "web-1/api:api", "db-1/pg:pg"],
    ["pg", "db-1/pg:pg"],
    ["cron:c[q-s]on", "db-1/cron:cron"],
    ["nothing/at:all"],
  ];
  for (const [selector, ...targets] of cases) assert.deepEqual(taken(selector), targets, selector);
});

test("a mistake is told with its place, counted from 1", () => {
  const cases: [selector: string, message: RegExp][] = [
    ["", /the selector is empty: `all` means everything/],
    ["web/", /position 5: a process is missing/],
    ["/api", /position 1: an instance is missing/],
    ["web,/api", /position 5: an instance is missing/],
    ["a/b/c", /position 4: a second `\/`/],
    ["a b:c:d", /position 6: a second `:`/],
    [":b", /position 1: a group is missing before the `:`/],
    ["web/api state=DEAD", /position 15: no process state is DEAD; there are STOPPED STARTING/],
    ["web/role=db", /position 5: a process has no role, only state; labels belong before the `\/`/],
    ["state=FATAL/x", /position 1: state belongs to processes, after the `\/`/],
    ["we[b", /position 3: \[ has no matching \]/],
    ["ro le=\\", /position 7: nothing after the backslash/],
    ["=x", /position 1: no label can be called ``/],
  ];
  for (const [selector, message] of cases) {
    assert.throws(
      () => parseSelectors(selector),
      (error) => {
        assert.ok(error instanceof FleetError, selector);
        assert.equal(error.kind, "invalid-argument");
        assert.match(error.message, message);
        return true;
      },
    );
  }
});

test("any text is read or refused as the asker's mistake", () => {
  const signs = fc.string({
    unit: fc.constantFrom("a", "*", "[", "]", "!", "=", ",", ":", "/", " ", "\\", "state", "?"),
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.oneof(signs, fc.string()), (text) => {
      try {
        assert.ok(parseSelectors(text).length > 0);
      } catch (error) {
        assert.ok(error instanceof FleetError && error.kind === "invalid-argument", String(error));
        assert.match(error.message, /^(the selector is empty|selector, position \d+: )/);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("a selector over its limit is refused before it is read", () => {
  assert.throws(() => parseSelectors("a ".repeat(SELECTOR_LIMIT)), { kind: "too-large" });
});

test("escaped names select exactly their target, whatever they hold", () => {
  const name = fc.string({ minLength: 1 });
  fc.assert(
    fc.property(name, name, name, (instance, group, process) => {
      const [selector] = parseSelectors(`${escapeGlob(instance)}/${escapeGlob(group)}:${escapeGlob(process)}`);
      assert.deepEqual(
        [selector?.instances[0]?.literal, selector?.processes[0]?.group?.literal, selector?.processes[0]?.name.literal],
        [instance, group, process],
      );
    }),
  );
});
