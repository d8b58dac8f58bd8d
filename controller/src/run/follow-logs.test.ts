// Several logs at once, the instances played: order, credit, a host that goes and comes back, processes that come later.
import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { LogReader, LogRequest } from "../instances/instance.js";
import { type FollowedLog, FollowLogs } from "./follow-logs.js";

const log = (instance: string): FollowedLog => ({ instance, group: "api", name: "api", channel: "stdout" });

interface Opened {
  readonly instance: string;
  readonly request: LogRequest;
  readonly reader: LogReader;
  grantedBytes: number;
  isClosed: boolean;
}

function world(t: TestContext, ...instances: string[]) {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const opened: Opened[] = [];
  const away = new Set<string>();
  const told: string[] = [];
  const taken: (() => void)[] = [];
  const follow = new FollowLogs(
    instances.map(log),
    100,
    (instance, request, reader) => {
      if (away.has(instance)) throw new FleetError("unavailable", "the agent is not connected");
      const entry: Opened = { instance, request, reader, grantedBytes: 0, isClosed: false };
      opened.push(entry);
      return {
        grant: (bytes) => {
          entry.grantedBytes += bytes;
        },
        close: () => {
          entry.isClosed = true;
        },
      };
    },
    {
      chunk({ instance }, text, { isTail }, done) {
        told.push(`${instance}: ${text}${isTail ? " (tail)" : ""}`);
        taken.push(done);
      },
      state: ({ instance }, reason) => void told.push(`${instance} ${reason ?? "is back"}`),
    },
  );
  return { follow, opened, away, told, taken };
}

const START = { file: "f", offset: 0 };

test("what comes is told in its order, a character in two chunks once it is whole, and more is let come when it is taken", (t) => {
  const w = world(t, "web1", "web2");
  w.follow.start();
  const [one, two] = w.opened;
  const e = Buffer.from("\u00e9");
  one?.reader.chunk(e.subarray(0, 1), 0, START);
  two?.reader.chunk(Buffer.from("b"), 0, null);
  one?.reader.chunk(e.subarray(1), 0, null);
  assert.deepEqual(w.told, ["web1:  (tail)", "web2: b", "web1: \u00e9"]);
  assert.deepEqual([one?.grantedBytes, two?.grantedBytes], [0, 0]);
  for (const done of w.taken) done();
  assert.deepEqual([one?.grantedBytes, two?.grantedBytes], [2, 1]);
  w.follow.stop();
  assert.ok(w.opened.every(({ isClosed }) => isClosed));
  one?.reader.chunk(Buffer.from("late"), 0, null);
  assert.equal(w.told.length, 3, "nothing is heard after it");
});

test("a log that cannot be followed is tried again, without the tail that was told before", (t) => {
  const w = world(t, "web1", "web2");
  w.away.add("web2");
  w.follow.start();
  assert.deepEqual(w.told, ["web2 the agent is not connected"]);
  w.opened[0]?.reader.end(new FleetError("unavailable", "its connection broke"));
  w.away.add("web1");
  t.mock.timers.tick(5_000);
  t.mock.timers.tick(5_000);
  w.away.clear();
  t.mock.timers.tick(5_000);
  assert.deepEqual(w.told, [
    "web2 the agent is not connected",
    "web1 its connection broke",
    "web1 the agent is not connected",
    "web1 is back",
    "web2 is back",
  ]);
  assert.deepEqual(
    w.opened.map(({ instance, request }) => [instance, request.tailBytes]),
    [
      ["web1", 100],
      ["web1", 0],
      ["web2", 100],
    ],
  );
  w.follow.stop();
});

test("logs are added once", (t) => {
  const w = world(t, "web1");
  w.follow.start();
  w.follow.add([log("web1"), log("web2")]);
  w.follow.add([log("web2")]);
  assert.deepEqual(
    w.opened.map(({ instance }) => instance),
    ["web1", "web2"],
  );
  w.follow.stop();
});
