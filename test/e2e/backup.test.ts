// Backups of a controller at work: what is restored from one is the controller that was, to agents, to people and to history.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { AuditPage, Operation } from "@fleetvisor/proto/api/v1";
import Database from "better-sqlite3";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { FVCONTROLLER } from "../helpers/paths.js";
import { type Finished, runProcess } from "../helpers/processes.js";
import { tempDir } from "../helpers/temp-dir.js";

const SLEEPER = "[program:sleeper]\ncommand = sleep 1000\n";

const fvcontroller = (...args: string[]): Promise<Finished> => runProcess(process.execPath, [FVCONTROLLER, ...args]);

test("a controller restored from a backup that was made at work knows its fleet, people and history, and is obeyed", async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", sections: SLEEPER }]);
  const { controller } = fleet;
  const restart = async () => {
    await eventually(async () => (await fleet.processes("web1/sleeper")).some(({ liveness }) => liveness === "live"), {
      what: "the agent is back",
      withinMs: 40_000,
    });
    const body = { verb: "restart", selector: "web1/sleeper", waitMs: 20_000 };
    const { state } = await controller.api.post<Operation>(API_PATHS.operations, body);
    assert.equal(state, "succeeded", controller.process.output());
  };
  await restart();
  const before = await fleet.history("web1/sleeper");
  const target = join(tempDir(t), "backup");
  const made = await fvcontroller("backup", target, "--data-dir", controller.dataDir);
  assert.deepEqual([made.code, made.stderr], [0, ""]);
  assert.match(made.stdout, /^backup in \S+: schema: version \d+; pages: \d+ pages/);
  assert.deepEqual(readdirSync(target).sort(), ["fleetvisor.db", "pki"]);
  for (const file of ["fleetvisor.db", "pki/ca.pem", "pki/server.pem"]) {
    assert.equal(statSync(join(target, file)).mode & 0o777, 0o600, file);
  }
  assert.equal(statSync(target).mode & 0o777, 0o700);
  // More sessions and reports than the backup knows of.
  for (let time = 0; time < 3; time++) {
    await controller.crash();
    await controller.startAgain();
    await restart();
  }
  await controller.crash();

  rmSync(controller.dataDir, { recursive: true });
  cpSync(target, controller.dataDir, { recursive: true });
  await controller.startAgain();
  await restart();
  const after = await eventually(async () => {
    const told = await fleet.history("web1/sleeper");
    return told.at(-1)?.toState === "RUNNING" ? told : null;
  });
  assert.deepEqual(after.slice(0, before.length), before);
  // What came between the backup and the loss is said to be missing, and what came after is there.
  const all = await fleet.history();
  assert.ok(
    all.some(({ kind }) => kind === "gap"),
    JSON.stringify(all.map(({ kind }) => kind)),
  );
  const checked = await fvcontroller("check", "--data-dir", controller.dataDir);
  assert.equal(checked.code, 0, checked.stdout);
});

test("a backup is never written over, never of a damaged database, and a damaged one is told by the check", async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", sections: SLEEPER }]);
  const { dataDir } = fleet.controller;
  const dir = tempDir(t);
  mkdirSync(join(dir, "taken"));
  writeFileSync(join(dir, "taken/file"), "");
  const taken = await fvcontroller("backup", join(dir, "taken"), "--data-dir", dataDir);
  assert.deepEqual([taken.code, taken.stdout], [1, ""]);
  assert.match(taken.stderr, /^fvcontroller: \S+ is there already: a backup is never written over\n$/);
  const nowhere = await fvcontroller("backup", join(dir, "no/where"), "--data-dir", dataDir);
  assert.match(nowhere.stderr, /^fvcontroller: cannot make \S+: ENOENT/);

  const good = await fvcontroller("check", "--data-dir", dataDir);
  assert.equal(good.code, 0, good.stdout);
  assert.deepEqual(
    good.stdout.split("\n").map((line) => line.split(": ")[0]),
    ["good  schema", "good  pages and indexes", "good  references", "good  audit", "good  certificate authority", ""],
  );
  await fleet.controller.process.stop();
  const file = join(dataDir, "fleetvisor.db");
  const hurt = openSync(file, "r+");
  writeSync(hurt, Buffer.alloc(9_000, 0xff), 0, 9_000, Math.floor(statSync(file).size / 2));
  const bad = await fvcontroller("check", "--data-dir", dataDir, "--quick");
  assert.equal(bad.code, 1);
  assert.match(bad.stdout, /^BAD {3}pages: /m);
  const refused = await fvcontroller("backup", join(dir, "b"), "--data-dir", dataDir);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /no backup is made of a damaged database/);
  assert.deepEqual(readdirSync(dir), ["taken"]);

  for (const [what, text, said] of [
    ["no database at all", "x".repeat(5_000), /^BAD {3}schema: file is not a database/m],
    ["nothing", "", /^BAD {3}schema: no such table/m],
  ] as const) {
    writeFileSync(file, text);
    for (const suffix of ["-wal", "-shm"]) writeFileSync(file + suffix, "");
    const told = await fvcontroller("check", "--data-dir", dataDir);
    assert.equal(told.code, 1, what);
    assert.match(told.stdout, said, what);
  }
  writeFileSync(join(dataDir, "pki/ca.pem"), "nothing");
  assert.match(
    (await fvcontroller("check", "--data-dir", dataDir)).stdout,
    /^BAD {3}certificate authority: .*ca\.pem does not hold/m,
  );
});

test("the API gives the database to who administers the fleet, one at a time, and leaves nothing behind", async (t) => {
  const fleet = await startFleet(t, [{ name: "web1", sections: SLEEPER }]);
  const { api, dataDir, url } = fleet.controller;
  const download = () => fetch(new URL(API_PATHS.backup, url), { headers: { authorization: `Bearer ${api.token}` } });
  const answer = await download();
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-disposition") ?? "", /^attachment; filename="fleetvisor-[\dT-]+\.db"$/);
  const file = join(tempDir(t), "copy.db");
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  const db = new Database(file, { readonly: true });
  t.after(() => db.close());
  assert.equal(db.pragma("integrity_check", { simple: true }), "ok");
  assert.deepEqual(db.prepare("SELECT name FROM instance").pluck().all(), ["web1"]);
  const { items } = await api.get<AuditPage>(API_PATHS.audit, { limit: 1 });
  assert.deepEqual([items[0]?.action, items[0]?.actor], ["backup", "admin"]);
  // Two at once: the second is refused, or came when the first was done; who goes away in the middle blocks nobody.
  const both = await Promise.all([download(), download()]);
  for (const one of both) assert.ok([200, 409].includes(one.status), String(one.status));
  await Promise.all(both.map((one) => one.body?.cancel()));
  await eventually(async () => {
    const again = await download();
    await again.body?.cancel();
    return again.status === 200;
  });
  const limited = await eventually(async () => {
    const one = await download();
    await one.body?.cancel();
    return one.status === 429 ? one : null;
  });
  assert.equal(limited.status, 429);
  assert.deepEqual(
    readdirSync(dataDir).filter((name) => name.startsWith(".copy-")),
    [],
  );
});
