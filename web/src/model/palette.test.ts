import assert from "node:assert/strict";
import { test } from "node:test";
import type { Instance, Process } from "@fleetvisor/proto/api/v1";
import { PLACES } from "./navigation.js";
import { buildCommands, nameSelector } from "./palette.js";

const instance = (name: string) => ({ name, hostName: `${name}.example` }) as Instance;
const process = { target: "web-1/api:api", instance: "web-1", group: "api", name: "api", state: "FATAL" } as Process;

test("without a text every page is offered, with one what it may mean, the text itself last", () => {
  assert.equal(buildCommands("", PLACES, [instance("web-1")], []).length, PLACES.length);
  assert.deepEqual(
    buildCommands("web-1", PLACES, [instance("web-11"), instance("web-1"), instance("db")], [process]).map(
      ({ word, to }) => [word, to],
    ),
    [
      ["web-1", "/instances/web-1"],
      ["web-11", "/instances/web-11"],
      ["web-1/api:api", "/instances/web-1/processes/api/api"],
      ["web-1", "/processes?q=web-1"],
    ],
  );
});

test("every page has a letter of its own", () => {
  assert.equal(new Set(PLACES.map(({ letter }) => letter)).size, PLACES.length);
});

test("only what can be a piece of a name is looked for among processes", () => {
  assert.equal(nameSelector(" api "), "*/*:*api*");
  assert.deepEqual(["a", "role=web", "web-*/api:*"].map(nameSelector), [null, null, null]);
});
