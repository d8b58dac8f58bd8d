import assert from "node:assert/strict";
import { test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Attempt, type Ending, keepConnected } from "./retry.js";

const cut = new FleetError("unavailable", "cut");

/** Plays connections in order; answers what was told of breaks, and how many were made. */
async function play(...connections: ((attempt: Attempt) => Ending)[]) {
  const broken: (string | null)[] = [];
  let made = 0;
  const connect = async (attempt: Attempt) => {
    assert.equal(attempt.isAgain, made > 0);
    made += 1;
    return connections[made - 1]?.(attempt) ?? "over";
  };
  const onBroken = async (error: FleetError | null) => void broken.push(error?.message ?? null);
  await keepConnected(connect, { signal: new AbortController().signal, onBroken });
  return { broken, made };
}

const works = (attempt: Attempt, then: () => Ending): Ending => {
  attempt.works();
  return then();
};
const fails = (error: FleetError) => (): Ending => {
  throw error;
};

test("what never worked is an error at once", async () => {
  await assert.rejects(play(fails(cut)), cut);
});

test("a break is told once, vain attempts after it are not", async () => {
  const { broken, made } = await play(
    (attempt) => works(attempt, fails(cut)),
    fails(cut),
    () => "over",
  );
  assert.deepEqual(broken, ["cut"]);
  assert.equal(made, 3);
});

test("what cannot pass by itself ends it, however well it went before", async () => {
  const gone = new FleetError("not-found", "gone");
  await assert.rejects(
    play((attempt) => works(attempt, () => "again"), fails(gone)),
    gone,
  );
});

test("a connection made anew for its own sake is not told", async () => {
  const quiet = await play(
    (attempt) => works(attempt, () => "quietly again"),
    () => "over",
  );
  assert.deepEqual(quiet, { broken: [], made: 2 });
});

test("an interruption ends it without an error", async () => {
  const interruption = new AbortController();
  const connect = async (): Promise<Ending> => {
    interruption.abort();
    throw cut;
  };
  await keepConnected(connect, { signal: interruption.signal, onBroken: async () => assert.fail() });
});
