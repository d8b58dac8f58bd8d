import assert from "node:assert/strict";
import { test } from "node:test";
import type { Process } from "@fleetvisor/proto/api/v1";
import { parseProcessView, processViewParams } from "./links.js";
import { actSelector, buildChips, namesState, pickedSelector, shownSelector, toggleState } from "./processes.js";

test("the URL is the view: reading what was written gives the same view", () => {
  const view = { selector: "web-*/api:*", states: ["FATAL", "BACKOFF"], sort: "since", columns: null } as const;
  assert.deepEqual(parseProcessView(processViewParams(view)), view);
  assert.deepEqual(parseProcessView(new URLSearchParams("state=FATAL,nonsense&sort=up")), {
    selector: "",
    states: ["FATAL"],
    sort: "state",
    columns: null,
  });
  const wide = { ...view, sort: "memory", columns: ["name", "memory"] } as const;
  assert.deepEqual(parseProcessView(processViewParams(wide)), wide);
});

test("chips narrow what was typed", () => {
  assert.equal(shownSelector({ selector: "role=web", states: ["FATAL"] }), "role=web,state=FATAL");
  assert.equal(shownSelector({ selector: "", states: [] }), "");
});

test("chips rest when the typed selector has a state of its own, since they would widen it", () => {
  assert.ok(namesState("web1/*,STATE=fatal") && namesState("state!=RUNNING") && !namesState("estate=x/a:b"));
  assert.equal(shownSelector({ selector: "state=FATAL", states: ["RUNNING"] }), "state=FATAL");
  assert.equal(actSelector({ selector: "state=FATAL", states: [] }, "start"), "state=FATAL");
});

test("acting on all leaves out what the verb can do nothing for", () => {
  assert.equal(actSelector({ selector: "", states: [] }, "restart"), "all");
  assert.equal(
    actSelector({ selector: "web1/*", states: [] }, "stop"),
    "web1/*,state=BACKOFF,state=STARTING,state=RUNNING",
  );
  assert.equal(actSelector({ selector: "", states: ["RUNNING", "FATAL"] }, "start"), "state=FATAL");
});

test("of picked rows only the fitting ones are acted on", () => {
  const row = (name: string, state: Process["state"]) => ({ instance: "a", group: "g", name, state }) as Process;
  assert.equal(pickedSelector([row("1", "RUNNING"), row("2", "FATAL")], "start"), "a/g:2");
  assert.equal(pickedSelector([row("1", "RUNNING")], "start"), null);
});

test("chips show the fleet's counts only while nothing else narrows the table", () => {
  const counts = { FATAL: 2 };
  assert.equal(buildChips({ selector: "", states: [] }, counts)[0]?.count, 2);
  assert.equal(buildChips({ selector: "web1/*", states: [] }, counts)[0]?.count, null);
  assert.deepEqual(toggleState(["RUNNING"], "FATAL"), ["FATAL", "RUNNING"]);
  assert.deepEqual(toggleState(["FATAL"], "FATAL"), []);
});
