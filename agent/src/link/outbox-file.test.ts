// What was appended is there for the next boot, whatever was torn off by a crash; what was committed is not.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { Outbox } from "./outbox.js";
import { decodeFrames, OutboxFile, readEarlierOutboxes, removeOutbox } from "./outbox-file.js";

const stateDir = mkdtempSync(join(tmpdir(), "fv-outbox-"));
after(() => rmSync(stateDir, { recursive: true }));

const problems: string[] = [];
const body = (name: string) => ({ $case: "processRemoved", value: { group: "g", name } }) as const;

/** An outbox with its file, as the link has them. */
function boot(bootId: string, retryMs?: number) {
  readEarlierOutboxes(stateDir);
  const outbox = new Outbox();
  const file = new OutboxFile(stateDir, bootId, outbox, (message) => problems.push(message), retryMs);
  return {
    file,
    report: (name: string) => file.append(outbox.append(1, body(name))),
    ack(seq: number) {
      outbox.ack(seq);
      if (outbox.size === 0) file.empty();
    },
  };
}

/** What the next boot finds: seqs by boot id. */
const found = () =>
  Object.fromEntries(
    readEarlierOutboxes(stateDir).map(({ bootId, outbox }) => [bootId, outbox.after(0, 1e6).map(({ seq }) => seq)]),
  );

test("what is not committed is found by the next boot, in order, until it is removed", async () => {
  const first = boot("first");
  for (const name of ["a", "b", "c"]) first.report(name);
  await first.file.close();
  assert.deepEqual(found(), { first: [1, 2, 3] });
  await removeOutbox(stateDir, "first");
  assert.deepEqual(found(), {});
});

test("the file is made before there is anything to report, so that the first report costs one write; unused, it goes", async () => {
  const early = boot("early");
  await early.file.open();
  assert.equal(existsSync(join(stateDir, "outbox", "early")), true);
  await early.file.close();
  assert.equal(existsSync(join(stateDir, "outbox", "early")), false);
});

test("what is committed leaves no file behind", async () => {
  const one = boot("one");
  one.report("a");
  one.ack(1);
  one.report("b");
  one.ack(2);
  await one.file.close();
  assert.deepEqual(readdirSync(join(stateDir, "outbox")), []);
});

test("reports that follow a commit are kept without those before it", async () => {
  const one = boot("one");
  one.report("a");
  await new Promise((resolve) => setImmediate(resolve));
  one.ack(1);
  one.report("b");
  one.report("c");
  await one.file.close();
  assert.deepEqual(found(), { one: [2, 3] });
  await removeOutbox(stateDir, "one");
});

test("a file cut anywhere, or followed by anything, gives the whole reports before that", async () => {
  const one = boot("one");
  for (let n = 0; n < 20; n++) one.report(`process-${n}`);
  await one.file.close();
  const whole = readFileSync(join(stateDir, "outbox/one"));
  await removeOutbox(stateDir, "one");
  fc.assert(
    fc.property(fc.nat(whole.length), fc.uint8Array({ maxLength: 40 }), (length, rubbish) => {
      const seqs = decodeFrames(Buffer.concat([whole.subarray(0, length), rubbish])).map(({ seq }) => seq);
      const sound = decodeFrames(whole.subarray(0, length)).length;
      assert.deepEqual(
        seqs.slice(0, sound),
        Array.from({ length: sound }, (_, n) => n + 1),
      );
    }),
  );
  assert.equal(decodeFrames(whole).length, 20);
});

test("a disk that refuses is said once, and costs no report in memory", async () => {
  const one = boot("one");
  // A directory in its place: nobody can write there, not even root.
  rmSync(join(stateDir, "outbox"), { recursive: true });
  writeFileSync(join(stateDir, "outbox"), "");
  chmodSync(join(stateDir, "outbox"), 0o400);
  problems.length = 0;
  for (const name of ["a", "b", "c"]) {
    one.report(name);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await one.file.close();
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? "", /cannot write .*outbox\/one: ENOTDIR/);
  rmSync(join(stateDir, "outbox"));
});

test("a file half-way to be written anew when the agent died is no boot of its own", async () => {
  const one = boot("one");
  for (const name of ["a", "b"]) one.report(name);
  await one.file.close();
  const path = join(stateDir, "outbox/one");
  writeFileSync(`${path}.new`, readFileSync(path));
  assert.deepEqual(found(), { one: [1, 2] });
  assert.deepEqual(readdirSync(join(stateDir, "outbox")), ["one"]);
  await removeOutbox(stateDir, "one");
});

test("what is reported while the file is written anew, after a disk that refused, and after that is kept too", async () => {
  const one = boot("one", 50);
  const directory = join(stateDir, "outbox");
  rmSync(directory, { recursive: true });
  writeFileSync(directory, "");
  let reported = 0;
  const report = () => one.report(`process-${++reported}`);
  const turn = () => new Promise((resolve) => setImmediate(resolve));
  // Nobody closes the file: the agent is killed.
  const allFound = async () => {
    for (let n = 0; n < 100 && found().one?.length !== reported; n++) await new Promise((r) => setTimeout(r, 10));
    assert.equal(found().one?.length, reported);
  };
  for (; reported < 3; await turn()) report();
  rmSync(directory);
  mkdirSync(directory);
  for (; !existsSync(join(directory, "one")); await turn()) report();
  await allFound();
  report();
  await allFound();
  await one.file.close();
  await removeOutbox(stateDir, "one");
});

test("a file written anew while nothing is reported takes what comes later", async () => {
  const one = boot("one", 20);
  const directory = join(stateDir, "outbox");
  rmSync(directory, { recursive: true });
  writeFileSync(directory, "");
  one.report("a");
  await new Promise((resolve) => setTimeout(resolve, 10));
  rmSync(directory);
  mkdirSync(directory);
  for (let n = 0; n < 100 && found().one === undefined; n++) await new Promise((r) => setTimeout(r, 10));
  one.report("b");
  await one.file.close();
  assert.deepEqual(found(), { one: [1, 2] });
  await removeOutbox(stateDir, "one");
});

test("a disk that hangs is given up at the close, and what waits for it has a limit", async () => {
  const one = boot("one");
  const path = join(stateDir, "outbox/one");
  // To open a pipe for writing is to wait for a reader.
  execFileSync("mkfifo", [path]);
  const reported = 30_000;
  for (let n = 0; n < reported; n++) one.report("x");
  assert.equal(await one.file.close(50), false);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  for (let n = 0; n < 500 && !statSync(path).isFile(); n++) {
    while (readSome(reader) > 0);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  closeSync(reader);
  assert.equal(await one.file.close(), true);
  const seqs = found().one ?? [];
  assert.ok(seqs.length <= 10_000, `${seqs.length} reports`);
  assert.equal(seqs.at(-1), reported);
  await removeOutbox(stateDir, "one");
});

function readSome(fd: number): number {
  try {
    return readSync(fd, Buffer.alloc(65_536));
  } catch {
    return 0;
  }
}
