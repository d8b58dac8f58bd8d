// History asked for by who wanted something and by what caused it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { HistoryPage } from "@fleetvisor/proto/api/v1";
import type { NewEvent } from "../../controller/src/core/history.js";
import { accessWorld } from "./access-world.js";

test("history is narrowed by user and by cause, for who sees a part of the fleet too", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: [{ group: "api", name: "api" }] });
  const event: NewEvent = {
    kind: "process-state",
    seq: null,
    atMs: 1,
    instance: "web1",
    group: "api",
    name: "api",
    fromState: "RUNNING",
    toState: "EXITED",
    pid: null,
    exit: null,
    spawnError: null,
    end: null,
    operationId: null,
    user: null,
    detail: null,
  };
  const exit = { code: 1, signal: null, expected: false, coreDumped: false };
  await world.store.recordEvents([
    { ...event, operationId: "op", user: "ann" },
    { ...event, operationId: "op2", user: "bob" },
    { ...event, exit },
    { ...event, spawnError: "no such file" },
    { ...event, kind: "process-added", toState: null, user: "cfg" },
  ]);
  const token = await world.user("vera", { role: "viewer", selector: "web1/api:*" });
  for (const asked of [{}, { token }]) {
    const told = async (query: string) => {
      const { items } = await world.get<HistoryPage>(`${API_PATHS.events}?${query}`, asked);
      return items.map(({ user, exitCode, spawnError }) => user ?? exitCode ?? spawnError);
    };
    assert.deepEqual(await told("user=ann"), ["ann"]);
    assert.deepEqual(await told("cause=order"), ["bob", "ann"]);
    assert.deepEqual(await told("cause=order&user=bob"), ["bob"]);
    assert.deepEqual(await told("kind=process-added"), ["cfg"]);
    assert.deepEqual(await told("kind=process-state&user=ann"), ["ann"]);
    assert.deepEqual(await told("cause=out-of-memory"), []);
    assert.deepEqual(await told("cause=unexpected"), [1]);
    assert.deepEqual(await told("cause=spawn-error"), ["no such file"]);
  }
  for (const query of ["cause=magic", "kind=magic"]) {
    assert.equal((await world.ask(`${API_PATHS.events}?${query}`)).status, 400, query);
  }
});
