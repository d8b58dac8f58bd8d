// Operations as somebody at a terminal meets them: the question before many, the bar and the lines on the way, Ctrl-C in the middle.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationList } from "@fleetvisor/proto/api/v1";
import { startFleet } from "../helpers/fleet.js";
import { FVCTL } from "../helpers/paths.js";
import { finished, HOSTS, starts } from "../helpers/rolling.js";
import { atTerminal, type Step } from "../helpers/terminal.js";

/** What moves the cursor, paints or saves a place. */
const SEQUENCES = new RegExp(`${String.fromCharCode(27)}(\\[[0-9;?]*[A-Za-z]|[78])`, "g");
const CTRL_C = "\u0003";

test("fvctl at a terminal asks before many, shows how it gets on, and leaves an operation alone when it is interrupted", async (t) => {
  const fleet = await startFleet(t, HOSTS);
  const { api } = fleet.controller;
  const cwd = fleet.agent("web-1").dir;
  const fvctl = (args: readonly string[], steps: readonly Step[] = []) =>
    atTerminal([process.execPath, FVCTL, ...args], steps, { cwd, env: fleet.ctlEnv });
  const latest = async () => (await api.get<OperationList>(API_PATHS.operations)).items;
  const before = starts(fleet);
  const question = "restart reaches 6 processes on 3 instances. Go on? [y/N] ";

  const no = await fvctl(["restart", "web-*/api:*"], [[question, "n\r"]]);
  assert.equal(no.code, 2);
  assert.match(no.screen, /nothing was done/);
  assert.deepEqual(starts(fleet), before);
  assert.deepEqual(await latest(), []);

  const rolling = ["restart", "web-*/api:*", "--batch", "2", "--wait", "running:1s"];
  const yes = await fvctl(rolling, [[question, "y\r"]]);
  assert.equal(yes.code, 0, yes.screen);
  const plain = yes.raw.replaceAll(SEQUENCES, "");
  assert.match(plain, /restart \[=*-+\] 0\/6, batch 1 of 3/);
  assert.match(plain, /restart \[=+-*\] [2-5]\/6, batch [23] of 3/);
  assert.match(plain, /web-1\/api:api-0 restarted\r?$/m, "a line a target above the bar");
  assert.doesNotMatch(yes.screen, /\[=*-*\]/, "the bar does not stay");
  assert.match(yes.screen, /^TARGET +RESULT/m);
  assert.equal(yes.raw.includes("\u001b[?25l"), false, "the cursor is left alone");

  const interrupted = await fvctl([...rolling, "--yes"], [["batch 1 of 3", CTRL_C]]);
  assert.equal(interrupted.code, 130, interrupted.screen);
  assert.ok(interrupted.isRestored);
  assert.doesNotMatch(interrupted.screen, /\[=*-*\]/, "the bar does not stay");
  const [last] = await latest();
  assert.ok(last !== undefined);
  assert.match(interrupted.screen, new RegExp(`operation ${last.id} goes on without fvctl`));
  assert.match(interrupted.screen, new RegExp(`fvctl operations watch ${last.id} shows it, fvctl operations abort`));
  const watched = await fvctl(["operations", "watch", last.id.slice(0, 8)], [["web-2", CTRL_C]]);
  assert.deepEqual([watched.code, watched.isRestored], [130, true], watched.screen);
  assert.match(
    watched.screen,
    new RegExp(`fvctl operations watch ${last.id} shows it`),
    "how to come back is said again",
  );
  assert.equal((await finished(fleet.controller, last.id)).state, "succeeded");
  assert.deepEqual(
    starts(fleet),
    before.map((count) => count + 2),
  );
  const { targets } = await api.get<Operation>(apiPath("operation", { id: last.id }));
  assert.ok(targets.every(({ startedAtMs, finishedAtMs }) => (finishedAtMs ?? 0) - (startedAtMs ?? 0) >= 1_000));
});
