// Who was ended for want of memory, by the counts of control groups in files that a test writes.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { CgroupOomWatch, oomFile, parseMounts } from "./oom.js";

/** A host with control groups of version 2 below its folder. */
function host(t: TestContext) {
  const dir = mkdtempSync(join(tmpdir(), "fv-oom-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const put = (path: string, text: string) => {
    mkdirSync(join(dir, path, ".."), { recursive: true });
    writeFileSync(join(dir, path), text);
  };
  const kills = (group: string, count: number) =>
    put(`cg/${group}/memory.events`, `low 0\nhigh 0\nmax 9\noom 3\noom_kill ${count}\noom_group_kill 0\n`);
  put("self/mountinfo", `30 20 0:26 / ${dir}/cg rw,nosuid - cgroup2 cgroup2 rw\n`);
  put("self/cgroup", "0::/agent\n");
  kills("agent", 4);
  return {
    kills,
    live: (pid: number, group: string) => put(`${pid}/cgroup`, `0::/${group}\n`),
    watch: () => new CgroupOomWatch(dir),
  };
}

test("a child killed while the count of its group rose was killed for want of memory, one that was not is not", (t) => {
  const { kills, watch } = host(t);
  const oom = watch();
  const [a, b, c] = [oom.watch(1), oom.watch(2), oom.watch(3)];
  assert.equal(a.ended(true), false, "what was counted before is of others");
  kills("agent", 5);
  assert.equal(b.ended(false), false, "it ended in another way");
  assert.equal(c.ended(true), true);
  assert.equal(oom.watch(4).ended(true), false, "one count is one end");
});

test("two that end together for one reason need two counts", (t) => {
  const { kills, watch } = host(t);
  const oom = watch();
  const marks = [oom.watch(1), oom.watch(2), oom.watch(3)];
  kills("agent", 6);
  assert.deepEqual(
    marks.map((mark) => mark.ended(true)),
    [true, true, false],
  );
});

test("a child that was moved counts where it is, its former group no more", (t) => {
  const { kills, live, watch } = host(t);
  kills("own", 7);
  live(1, "own");
  const oom = watch();
  const mark = oom.watch(1);
  mark.settle();
  kills("agent", 5);
  assert.equal(mark.ended(true), false);
  const again = oom.watch(1);
  again.settle();
  kills("own", 8);
  assert.equal(again.ended(true), true);
});

test("an end that nobody here heard of is not laid to a child that is killed by hand later", (t) => {
  const { kills, watch } = host(t);
  const oom = watch();
  const mark = oom.watch(1);
  kills("agent", 5);
  oom.refresh();
  oom.refresh();
  assert.equal(mark.ended(true), false);
});

test("an end that is counted before it is heard of still counts", (t) => {
  const { kills, watch } = host(t);
  const oom = watch();
  const mark = oom.watch(1);
  kills("agent", 5);
  oom.refresh();
  assert.equal(mark.ended(true), true);
});

test("where nothing is counted nothing is said", (t) => {
  const dir = mkdtempSync(join(tmpdir(), "fv-oom-"));
  t.after(() => rmSync(dir, { recursive: true }));
  const mark = new CgroupOomWatch(dir).watch(1);
  mark.settle();
  assert.equal(mark.ended(true), false);
});

test("the file is found under either version, and where a container sees a part only", () => {
  const one = parseMounts("33 30 0:29 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n");
  assert.equal(oomFile(one, "4:memory:/docker/abc/x\n0::/\n"), "/sys/fs/cgroup/memory/x/memory.oom_control");
  assert.equal(oomFile(one, "4:memory:/docker/abc\n"), "/sys/fs/cgroup/memory/memory.oom_control");
  assert.equal(oomFile(one, "4:memory:/docker/abcd\n"), null);
  const both = parseMounts("1 1 0:1 / /cg/m rw - cgroup cgroup rw,cpu,memory\n2 1 0:2 / /cg/u rw - cgroup2 none rw\n");
  assert.equal(oomFile(both, "3:cpu,memory:/a\n0::/b\n"), "/cg/m/a/memory.oom_control");
  assert.equal(oomFile(both, "3:cpu:/a\n0::/b\n"), "/cg/u/b/memory.events");
  assert.equal(oomFile(both, ""), null);
});
