// What the controller says of itself over its API: what it keeps and for how long, its backups, and whether its audit holds.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { AuditCheck, AuditPage, ControllerState } from "@fleetvisor/proto/api/v1";
import Database from "better-sqlite3";
import { noteBackup } from "../../controller/src/run/backup-note.js";
import { controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import { accessWorld } from "./access-world.js";

const DAY_MS = 86_400_000;

test("the controller tells what it keeps, for how long, and on how much disk", async (t) => {
  const controller = await controllerInside(t, {
    retention_days: 3,
    retention_events: 5_000,
    retention_metrics_days: 2,
    retention_mib: 700,
  });
  const state = await controller.api.get<ControllerState>(API_PATHS.controller);
  assert.deepEqual([state.trouble, state.backup], [null, null]);
  const { store } = state;
  assert.equal(store?.limitBytes, 700 * 1024 * 1024);
  assert.ok((store?.sizeBytes ?? 0) > 8_192 && (store?.diskFreeBytes ?? 0) > 0);
  assert.deepEqual(
    store?.kinds.map(({ kind, keptMs, mostRows }) => [kind, keptMs, mostRows]),
    [
      ["events", 3 * DAY_MS, 5_000],
      ["minutes", 2 * DAY_MS, null],
      ["hours", 400 * DAY_MS, null],
      ["operations", 3 * DAY_MS, null],
      ["audit", null, null],
    ],
  );
  assert.ok((store?.kinds.find(({ kind }) => kind === "audit")?.rows ?? 0) > 0, "the login is in the audit");
});

test("the last backup is known, by the command or as a download that was taken whole", async (t) => {
  const controller = await controllerInside(t);
  const backupOf = async () => (await controller.api.get<ControllerState>(API_PATHS.controller)).backup;
  const downloading = await fetch(new URL(API_PATHS.backup, controller.url), {
    headers: { authorization: `Bearer ${controller.token}` },
  });
  const size = (await downloading.arrayBuffer()).byteLength;
  const download = await eventually(backupOf);
  assert.deepEqual([download.origin, download.sizeBytes], ["download", size]);
  await noteBackup(controller.dataDir, { atMs: 5, origin: "command", sizeBytes: 7 });
  await controller.startAgain();
  assert.deepEqual(await backupOf(), { atMs: 5, origin: "command", sizeBytes: 7 });
});

test("who may not read the whole fleet is told nothing of the controller", async (t) => {
  const world = await accessWorld(t);
  const ann = await world.user("ann", { role: "admin", selector: "role=web" });
  assert.equal((await world.ask(API_PATHS.controller, { token: ann })).status, 403);
  const vera = await world.user("vera", { role: "viewer", selector: "all" });
  const { kinds } = (await world.get<ControllerState>(API_PATHS.controller, { token: vera })).store ?? {};
  assert.equal(kinds?.length, 5);
});

test("the audit is searched by its query, and a query that cannot be is refused", async (t) => {
  const world = await accessWorld(t);
  const ann = await world.user("ann", { role: "viewer", selector: "all" });
  await world.ask(API_PATHS.audit, { token: ann });
  await world.token("ci", world.admin);
  const found = async (query: string) => (await world.get<AuditPage>(`${API_PATHS.audit}?${query}`)).items;
  assert.deepEqual(
    (await found("outcome=refused&user=ann")).map(({ actor, action }) => `${actor} ${action}`),
    ["ann request"],
  );
  assert.deepEqual(
    (await found("action=token&text=CI")).map(({ action, subject }) => `${action} ${subject}`),
    ["token.create ci"],
  );
  assert.deepEqual(await found("text="), await found(""), "no text is any text");
  for (const query of ["outcome=maybe", "sinceMs=x", "who=ann"]) {
    assert.equal((await world.ask(`${API_PATHS.audit}?${query}`)).status, 400, query);
  }
});

test("the audit is checked over the API, and a row that was changed is named", async (t) => {
  const controller = await controllerInside(t);
  const check = (cursor?: string) =>
    controller.api.get<AuditCheck>(API_PATHS.auditCheck, cursor === undefined ? {} : { cursor });
  const whole = await check();
  assert.deepEqual([whole.broken, whole.nextCursor, whole.rows], [null, null, whole.total]);
  const again = await check(`${whole.rows}.${whole.head}`);
  assert.deepEqual([again.broken, again.rows], [null, whole.rows], "from where a check ended it goes on");
  const db = new Database(join(controller.dataDir, "fleetvisor.db"));
  db.exec("UPDATE audit SET actor = 'eve' WHERE id = 1");
  db.close();
  const { rows, broken, nextCursor } = await check();
  assert.deepEqual([rows, broken?.id, nextCursor], [0, 1, null]);
  for (const cursor of ["x", "1", "1.zz", `1.${"0".repeat(63)}`]) {
    await assert.rejects(check(cursor), { status: 400 }, cursor);
  }
});
