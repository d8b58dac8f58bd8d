// Samples of what children and the host use: the text of /proc, what counts for whom, and a real child.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { Sampler } from "./sampling.js";
import { parseHostCpu, parseLoadHundredths, parseMemory, parseStat, parseUnits } from "./sampling-parse.js";

/** A line of /proc/PID/stat. */
function statLine(pid: number, group: number, ticks: readonly number[], start: number, pages: number, name = "x") {
  const [user = 0, system = 0, childUser = 0, childSystem = 0] = ticks;
  return `${pid} (${name}) S 1 ${group} ${group} 0 -1 4194560 1 2 3 4 ${user} ${system} ${childUser} ${childSystem} 20 0 1 0 ${start} 999999 ${pages} 184467 1 1 0\n`;
}

/** A /proc of its own. */
function procOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(tmpdir(), "fv-proc-"));
  t.after(() => rmSync(dir, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(dir, path, ".."), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

test("a program's name may hold whatever it likes", () => {
  for (const name of ["a b", "x) R 1 2 (", ")", "", "1 2 3"]) {
    assert.deepEqual(parseStat(statLine(7, 5, [1, 2, 3, 4], 99, 12, name)), {
      ...{ pid: 7, group: 5, cpuTicks: 10, startTicks: 99, residentPages: 12 },
    });
  }
});

test("what is no such line is none", () => {
  for (const text of ["", "7 (x", "7 (x) S 1", "(x) S"]) assert.equal(parseStat(text), null, text);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const stat = parseStat(text);
      assert.ok(stat === null || Number.isFinite(stat.cpuTicks));
      parseHostCpu(text);
      parseMemory(text);
      assert.ok(Number.isFinite(parseLoadHundredths(text)));
    }),
  );
});

test("a host that waits for its disks is not busy", () => {
  const cpu = parseHostCpu("cpu  100 10 50 800 40 3 2 5 77 7\ncpu0 1 2 3 4\n");
  assert.deepEqual(cpu, { busyTicks: 170, totalTicks: 1010 });
  assert.equal(parseHostCpu("intr 1 2 3\n"), null);
});

test("units are the system's own, and the usual ones where it does not tell", () => {
  const auxv = new BigUint64Array([6n, 65536n, 17n, 250n, 0n, 0n]);
  assert.deepEqual(parseUnits(new Uint8Array(auxv.buffer)), { pageBytes: 65536, ticksPerSecond: 250 });
  assert.deepEqual(parseUnits(new Uint8Array(3)), { pageBytes: 4096, ticksPerSecond: 100 });
});

test("a child counts with its process group, and nobody else does", async (t) => {
  const proc = procOf(t, {
    "10/stat": statLine(10, 10, [100, 50], 500, 10),
    "11/stat": statLine(11, 10, [200, 0, 30, 20], 510, 20),
    "12/stat": statLine(12, 12, [9_000, 0], 520, 9_000),
    "13/stat": "",
    // A leader that put itself into a group of somebody else's.
    "20/stat": statLine(20, 12, [1, 0], 600, 5),
    "sys/stat": "7",
  });
  const { groups, host } = await new Sampler(proc).sample(new Set([10, 20, 99]));
  assert.deepEqual(Object.fromEntries(groups), {
    10: { startTicks: 500, cpuMs: 4_000, memoryBytes: 30 * 4096 },
    20: { startTicks: 600, cpuMs: 10, memoryBytes: 5 * 4096 },
  });
  assert.equal(host, null);
});

test("who is left of a group without its leader counts for nobody", async (t) => {
  const proc = procOf(t, { "11/stat": statLine(11, 10, [200, 0], 510, 20) });
  assert.equal((await new Sampler(proc).sample(new Set([10]))).groups.size, 0);
});

test("of a real child memory and processor time of its whole group are seen, and of the host what it has", async (t) => {
  // The shell does nothing itself: what it started does.
  const child = spawn(
    "/bin/sh",
    ["-c", `"${process.execPath}" -e 'const b = Buffer.alloc(5e7, 1); for(;;) b[1]++' ; true`],
    {
      detached: true,
      stdio: "ignore",
    },
  );
  await once(child, "spawn");
  const pid = child.pid ?? 0;
  t.after(() => process.kill(-pid, "SIGKILL"));
  const sampler = new Sampler();
  for (let tries = 0; ; tries++) {
    const { groups, host, monotonicMs } = await sampler.sample(new Set([pid]));
    const use = groups.get(pid);
    assert.ok(host !== null && host.memoryAvailableBytes <= host.memoryTotalBytes && host.cpuBusyMs < host.cpuTotalMs);
    assert.ok(monotonicMs > 0);
    if (use !== undefined && use.memoryBytes > 5e7 && use.cpuMs > 100) break;
    assert.ok(tries < 300, `only ${JSON.stringify(use)} was seen`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});
