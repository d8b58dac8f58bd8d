// The search of logs as a whole, in its thread: rotated files, limits, and patterns that would never end.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { LogSearch, type SearchEnd } from "./log-search.js";
import type { Match, SearchOrder } from "./log-search-order.js";

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "fv-search-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function order(path: string, change: Partial<SearchOrder> = {}): SearchOrder {
  return {
    logs: [{ group: "web", name: "api", channel: "stdout", path }],
    pattern: "error",
    literal: false,
    ignoreCase: false,
    maxMatches: 1000,
    newestBytes: 1024 ** 3,
    bytesPerSecond: 1024 ** 3,
    ...change,
  };
}

/** Everything that was found, and how the search ended. */
function search(what: SearchOrder, timeoutMs = 20_000): Promise<{ found: string[]; end: SearchEnd }> {
  return new Promise((resolve) => {
    const found: string[] = [];
    const running = new LogSearch(what, timeoutMs, {
      matches(matches: readonly Match[]) {
        found.push(...matches.map(({ backup, line }) => `${backup}:${Buffer.from(line)}`));
        running.goOn();
      },
      end: (end) => resolve({ found, end }),
    });
  });
}

test("rotated files are searched before the current one, and of all only so much of the newest as was asked for", async (t) => {
  const path = join(folder(t), "api.log");
  writeFileSync(`${path}.10`, "error ten\n");
  writeFileSync(`${path}.2`, "error two\nfine\n");
  writeFileSync(`${path}.1`, "error one\n");
  writeFileSync(`${path}.old`, "error of somebody else\n");
  writeFileSync(path, "error now\n");
  const all = await search(order(path));
  assert.deepEqual(all.found, ["10:error ten", "2:error two", "1:error one", "0:error now"]);
  assert.deepEqual(all.end, {
    type: "over",
    searched: { searchedBytes: 45, searchedFiles: 4, skippedBytes: 0, full: false, unreadable: [] },
  });
  const newest = await search(order(path, { newestBytes: 18 }));
  assert.deepEqual(newest.found, ["0:error now"], "the line that was cut off by the limit is none");
  assert.ok(newest.end.type === "over" && newest.end.searched.skippedBytes === 27);
});

test("it ends after the most matches, passes over what is no file, and says what it cannot read", async (t) => {
  const dir = folder(t);
  const path = join(dir, "api.log");
  writeFileSync(path, "error\n".repeat(10_000));
  const some = await search(order(path, { maxMatches: 7 }));
  assert.equal(some.found.length, 7);
  assert.ok(some.end.type === "over" && some.end.searched.full);
  const device = { group: "web", name: "out", channel: "stdout", path: "/dev/null" } as const;
  const gone = { group: "web", name: "gone", channel: "stderr", path: join(path, "below/a/file") } as const;
  const long = { group: "web", name: "long", channel: "stderr", path: join(dir, "x".repeat(300)) } as const;
  const none = await search(order(path, { logs: [device, gone, long] }));
  assert.deepEqual(none.end, {
    type: "over",
    searched: {
      searchedBytes: 0,
      searchedFiles: 0,
      skippedBytes: 0,
      full: false,
      unreadable: ["web:gone stderr: ENOTDIR", "web:long stderr: ENAMETOOLONG"],
    },
  });
});

test("a pattern that backtracks for ever is ended, and nobody else waits for it", async (t) => {
  const path = join(folder(t), "api.log");
  writeFileSync(path, `${"a".repeat(4000)}!\n`);
  let ticks = 0;
  const timer = setInterval(() => void ticks++, 20);
  const { found, end } = await search(order(path, { pattern: "^(a+)+$" }));
  clearInterval(timer);
  assert.deepEqual(found, []);
  assert.match(end.type === "failed" ? end.reason : "", /^the pattern takes too long on some line/);
  assert.ok(ticks > 20, `the loop went on: ${ticks} ticks`);
});

test("a pattern that cannot be, or is too large to be run, is a reason and no crash", async (t) => {
  const path = join(folder(t), "api.log");
  writeFileSync(path, "error\n");
  const broken = await search(order(path, { pattern: "(" }));
  assert.match(broken.end.type === "failed" ? broken.end.reason : "", /Invalid regular expression/);
  const huge = await search(order(path, { pattern: "(((a{1000}){1000}){1000}){1000}" }));
  assert.deepEqual(huge.found, []);
});

test("a search that is too slow ends with its time; one that was stopped says nothing more", async (t) => {
  const path = join(folder(t), "api.log");
  writeFileSync(path, `${"a line\n".repeat(100_000)}`);
  const slow = await search(order(path, { bytesPerSecond: 100 * 1024 }), 300);
  assert.deepEqual(slow.end, { type: "failed", reason: "not finished after 0.3 s" });
  const heard: string[] = [];
  const stopped = new LogSearch(order(path, { pattern: "line", maxMatches: 100_000 }), 10_000, {
    matches: () => void heard.push("matches"),
    end: () => void heard.push("end"),
  });
  stopped.stop();
  stopped.stop();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(heard, []);
});
