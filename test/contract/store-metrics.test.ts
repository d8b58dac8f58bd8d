// The promises of the store about figures of processors and memory, one suite over every back end.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { type Figures, type Tally, tallyOf } from "../../controller/src/core/metrics.js";
import { pack } from "../../controller/src/core/metrics-pack.js";
import { MemoryStore } from "../../controller/src/store/memory.js";
import type { MetricRequest, MinuteRow } from "../../controller/src/store/metric-history.js";
import { SqliteStore } from "../../controller/src/store/sqlite/sqlite-store.js";
import type { Store } from "../../controller/src/store/store.js";
import { tempDir } from "../helpers/temp-dir.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Some whole hour of 2026. */
const T0 = Math.floor(Date.UTC(2026, 10, 20, 6) / HOUR) * HOUR;

const cpu = (value: number): Figures => ({ cpu: tallyOf(value), memory: null });

/** A minute in which the host's CPU and those of its processes were as given. */
function row(
  instance: string,
  minute: number,
  host: number,
  processes: Readonly<Record<string, number>> = {},
): MinuteRow {
  const names = Object.keys(processes).sort();
  const figures = [cpu(host), cpu(1.5), ...names.map((name) => cpu(processes[name] ?? 0))];
  return { instance, atMs: T0 + minute * MINUTE, ...pack(names.join("\n"), figures) };
}

/** Minute after T0 and mean of CPU of each point, to the tenth. */
async function asked(store: Store, request: Partial<MetricRequest> = {}): Promise<[number, number][]> {
  const whole = { instance: "web1", key: null, resolution: "minute", sinceMs: 0, untilMs: T0 + 1_000 * HOUR } as const;
  const points = await store.metrics({ ...whole, ...request });
  return points.map(({ atMs, figures }) => [(atMs - T0) / MINUTE, Math.round((figures[0]?.cpu?.avg ?? -1) * 10) / 10]);
}

async function tend(
  store: Store,
  change: { hours?: number; keepMinutes?: number; keepHours?: number } = {},
): Promise<void> {
  const { hours = 0, keepMinutes = 0, keepHours = 0 } = change;
  const times = {
    hoursUntilMs: T0 + hours * HOUR,
    keepMinutesMs: T0 + keepMinutes * MINUTE,
    keepHoursMs: T0 + keepHours * HOUR,
  };
  const before = keepMinutes === 0 && keepHours === 0 ? { keepMinutesMs: 0, keepHoursMs: 0 } : {};
  for (let from: number | null = 0, steps = 0; from !== null; steps++) {
    assert.ok(steps < 100, "the upkeep comes to an end");
    from = await store.tendMetrics({ from, count: 1, ...times, ...before });
  }
}

function metricContract(name: string, open: (dir: string) => Store): void {
  describe(name, () => {
    const promise = (rule: string, body: (store: Store) => Promise<void>) =>
      test(rule, async (t) => {
        const store = open(tempDir(t));
        await store.start();
        t.after(() => store.stop());
        await body(store);
      });

    promise(
      "minutes come back in their order, of the host or of one process, from a moment on and before another",
      async (store) => {
        await store.recordMinutes([row("web1", 2, 30, { "g:a": 3 }), row("web2", 1, 99)]);
        await store.recordMinutes([row("web1", 1, 20, { "g:a": 2, "g:b": 7 }), row("web1", 0, 10)]);
        assert.deepEqual(await asked(store), [
          [0, 10],
          [1, 20],
          [2, 30],
        ]);
        assert.deepEqual(await asked(store, { key: "g:a" }), [
          [1, 2],
          [2, 3],
        ]);
        assert.deepEqual(await asked(store, { key: "g:b" }), [[1, 7]]);
        assert.deepEqual(await asked(store, { sinceMs: T0 + MINUTE, untilMs: T0 + 2 * MINUTE }), [[1, 20]]);
        assert.deepEqual(await asked(store, { key: "g:none" }), []);
        assert.deepEqual(await asked(store, { instance: "none" }), []);
        const [first] = await store.metrics({
          ...{ instance: "web1", key: null, resolution: "minute" as const },
          ...{ sinceMs: 0, untilMs: T0 + HOUR },
        });
        assert.deepEqual(first?.figures, [cpu(10), cpu(1.5)]);
      },
    );

    promise("a minute that was kept in two pieces is one", async (store) => {
      await store.recordMinutes([row("web1", 0, 10, { "g:a": 1 })]);
      await store.recordMinutes([row("web1", 0, 30, { "g:b": 2 })]);
      assert.deepEqual(await asked(store), [[0, 20]]);
      assert.deepEqual(await asked(store, { key: "g:a" }), [[0, 1]]);
      assert.deepEqual(await asked(store, { key: "g:b" }), [[0, 2]]);
    });

    promise(
      "hours are there from their first minute on, and the same once they have rows of their own",
      async (store) => {
        for (let minute = 0; minute < 150; minute += 10) {
          await store.recordMinutes([row("web1", minute, minute, { "g:a": 1 }), row("web2", minute, 5)]);
        }
        const hours: [number, number][] = [
          [0, 25],
          [60, 85],
          [120, 130],
        ];
        assert.deepEqual(await asked(store, { resolution: "hour" }), hours);
        await tend(store, { hours: 2 });
        assert.deepEqual(await asked(store, { resolution: "hour" }), hours);
        assert.deepEqual(await asked(store, { resolution: "hour", sinceMs: T0 + 1, untilMs: T0 + 2 * HOUR }), [
          [60, 85],
        ]);
        // The hour under way goes on.
        await store.recordMinutes([row("web1", 150, 170)]);
        await tend(store, { hours: 3 });
        await tend(store, { hours: 3 });
        assert.deepEqual(await asked(store, { resolution: "hour" }), [
          [0, 25],
          [60, 85],
          [120, 140],
        ]);
        assert.deepEqual(await asked(store, { resolution: "hour", key: "g:a" }), [
          [0, 1],
          [60, 1],
          [120, 1],
        ]);
      },
    );

    promise("a time longer than is read in one go is whole", async (store) => {
      const rows = Array.from({ length: 450 }, (_, minute) => row("web1", minute, minute));
      await store.recordMinutes(rows);
      assert.equal((await asked(store)).length, 450);
      await tend(store, { hours: 7 });
      assert.deepEqual(
        (await asked(store, { resolution: "hour" })).map(([minute]) => minute / 60),
        [0, 1, 2, 3, 4, 5, 6, 7],
      );
    });

    promise("an hour has least and most of its minutes", async (store) => {
      await store.recordMinutes([row("web1", 3, 10), row("web1", 5, 90)]);
      await tend(store, { hours: 1 });
      const points = await store.metrics({
        ...{ instance: "web1", key: null, resolution: "hour" as const },
        ...{ sinceMs: 0, untilMs: T0 + HOUR },
      });
      assert.deepEqual(points[0]?.figures[0]?.cpu, { count: 2, min: 10, avg: 50, max: 90 } satisfies Tally);
    });

    promise("what is old goes, minutes before hours, and of an instance without any nothing is left", async (store) => {
      for (let hour = 0; hour < 30; hour++) await store.recordMinutes([row("web1", hour * 60, hour)]);
      await store.recordMinutes([row("gone", 0, 1)]);
      await tend(store, { hours: 28, keepMinutes: 27 * 60, keepHours: 25 });
      assert.deepEqual(
        (await asked(store)).map(([minute]) => minute / 60),
        [27, 28, 29],
      );
      assert.deepEqual(
        (await asked(store, { resolution: "hour" })).map(([minute]) => minute / 60),
        [25, 26, 27, 28, 29],
      );
      await store.recordMinutes([row("gone", 60 * 29, 7, { "g:a": 1 })]);
      assert.deepEqual(await asked(store, { instance: "gone", resolution: "hour" }), [[60 * 29, 7]]);
    });
  });
}

metricContract("figures in memory", () => new MemoryStore());
test("what writing costs is counted", async (t) => {
  const store = new SqliteStore(join(tempDir(t), "fleetvisor.db"));
  await store.start();
  t.after(() => store.stop());
  assert.deepEqual(store.load, { waitingRows: 0, commits: 0, rows: 0, commitMs: 0 });
  const written = store.recordMinutes([row("web1", 0, 1), row("web2", 0, 1)]);
  assert.equal(store.load.waitingRows, 2);
  await written;
  const { commitMs, ...rest } = store.load;
  assert.deepEqual(rest, { waitingRows: 0, commits: 1, rows: 2 });
  assert.ok(commitMs > 0);
});

metricContract("figures in SQLite", (dir) => new SqliteStore(join(dir, "fleetvisor.db")));
