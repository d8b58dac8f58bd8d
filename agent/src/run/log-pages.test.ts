// Pages of a log: whole lines, over rotated files, from places that survive rotation.
import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import fc from "fast-check";
import { type LogPage, type LogPageRequest, lastLinesIn, readLogPage } from "./log-pages.js";

function logPath(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), "fv-pages-"));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return join(dir, "api.log");
}

const read = (path: string, request: Partial<LogPageRequest> = {}): Promise<LogPage> =>
  readLogPage(path, { before: null, after: null, bytes: 1_000, containing: Buffer.alloc(0), ...request });

/** As the agent rotates with two backups. */
function rotate(path: string): void {
  try {
    renameSync(`${path}.1`, `${path}.2`);
  } catch {
    // There was none yet.
  }
  renameSync(path, `${path}.1`);
  writeFileSync(path, "");
}

async function backwards(path: string, bytes: number): Promise<string[]> {
  const texts: string[] = [];
  for (let page = await read(path, { bytes }); ; page = await read(path, { bytes, before: page.start })) {
    texts.unshift(`${page.backup}:${page.data}`);
    if (page.isOldest) return texts;
    assert.ok(texts.length < 1_000, "it comes to an end");
  }
}

async function forwards(path: string, bytes: number): Promise<string> {
  let page = await read(path, { bytes: 1 });
  while (!page.isOldest) page = await read(path, { bytes: 64 * 1024, before: page.start });
  let text = page.data.toString();
  for (let turns = 0; !page.isNewest; turns++) {
    page = await read(path, { bytes, after: page.end });
    text += page.data;
    assert.ok(turns < 1_000, "it comes to an end");
  }
  return text;
}

test("pages are whole lines, and go back through every rotated file to the oldest", async (t) => {
  const path = logPath(t);
  writeFileSync(`${path}.10`, "ten\n");
  writeFileSync(`${path}.2`, "two\nzwei\n");
  writeFileSync(`${path}.1`, "");
  writeFileSync(path, "one\nuno\neins\n");
  assert.deepEqual(await backwards(path, 9), ["10:ten\n", "2:two\nzwei\n", "0:one\n", "0:uno\neins\n"]);
  assert.deepEqual(await backwards(path, 1_000), ["10:ten\n", "2:two\nzwei\n", "0:one\nuno\neins\n"]);
  assert.equal(await forwards(path, 5), "ten\ntwo\nzwei\none\nuno\neins\n");
});

test("a place stays what it is when its file is rotated between two reads", async (t) => {
  const path = logPath(t);
  writeFileSync(path, "first\nsecond\nthird\n");
  const last = await read(path, { bytes: 7 });
  assert.equal(last.data.toString(), "third\n");
  rotate(path);
  appendFileSync(path, "after the rotation\n");
  const before = await read(path, { before: last.start });
  assert.deepEqual([before.data.toString(), before.backup], ["first\nsecond\n", 1]);
  const after = await read(path, { after: last.end });
  assert.deepEqual([after.data.toString(), after.backup, after.isNewest], ["after the rotation\n", 0, true]);
});

test("a place whose bytes are gone is refused, also when another file has taken its inode or the file was emptied", async (t) => {
  const path = logPath(t);
  writeFileSync(path, "old life\nmore of it\n");
  const page = await read(path, { bytes: 12 });
  truncateSync(path, 0);
  appendFileSync(path, "a new life that is longer than the old one was\n");
  await assert.rejects(read(path, { before: page.start }), /NO_FILE: that part of .* is no longer kept/);
  rmSync(path);
  await assert.rejects(read(path, { after: page.end }), /NO_FILE/);
  writeFileSync(path, "fresh\n");
  await assert.rejects(read(path, { after: page.end }), /NO_FILE/);
  await assert.rejects(read(path, { before: { file: "zz.1.0.x", offset: 0 } }), /NO_FILE/);
});

test("a place within a line is taken for the end of that line, and an endless line is read in parts", async (t) => {
  const path = logPath(t);
  const endless = "x".repeat(100_000);
  writeFileSync(path, `short\nthe line in question\n${endless}`);
  const { start } = await read(path, { after: (await read(path, { bytes: 1 })).start });
  const within = await read(path, { before: { file: start.file, offset: 12 } });
  assert.equal(within.data.toString(), "short\nthe line in question\n");
  assert.equal((await forwards(path, 30_000)).length, 27 + endless.length);
});

test("the newest lines that are wanted end the page, and further back those before them", async (t) => {
  const path = logPath(t);
  const wanted = "Traceback\n  boom\n";
  writeFileSync(`${path}.1`, `start\n${wanted}restart\n`);
  writeFileSync(path, `${"filler of a line\n".repeat(10_000)}${wanted}${"more\n".repeat(20_000)}xTraceback\n  boom\n`);
  const containing = Buffer.from(wanted);
  const newest = await read(path, { containing, bytes: 60 });
  assert.equal(newest.data.toString(), `filler of a line\nfiller of a line\n${wanted}`);
  const older = await read(path, { containing, before: newest.found ?? null });
  assert.deepEqual([older.data.toString(), older.backup, older.found?.offset], [`start\n${wanted}`, 1, 6]);
  await assert.rejects(read(path, { containing, before: older.found ?? null }), /no longer in the log/);
  await assert.rejects(read(path, { containing: Buffer.from("never said\n") }), /no longer in the log/);
});

test("wanted lines begin where a line begins, whatever the bytes", () => {
  const slow = (bytes: Buffer, wanted: Buffer) => {
    for (let at = bytes.length - wanted.length; at >= 0; at--) {
      if ((at === 0 || bytes[at - 1] === 10) && bytes.subarray(at, at + wanted.length).equals(wanted)) return at;
    }
    return -1;
  };
  const some = fc.array(fc.constantFrom(10, 97, 98), { maxLength: 40 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(some, some, (bytes, wanted) => {
      if (wanted.length > 0) assert.equal(lastLinesIn(bytes, wanted, true), slow(bytes, wanted));
    }),
  );
});

test("a log without a file, and what is no file, is refused", async (t) => {
  const path = logPath(t);
  await assert.rejects(read(path), /NO_FILE/);
  await assert.rejects(read("/dev/null"), /NO_FILE/);
  writeFileSync(path, "");
  const empty = await read(path);
  assert.deepEqual([empty.data.length, empty.isOldest, empty.isNewest], [0, true, true]);
});
