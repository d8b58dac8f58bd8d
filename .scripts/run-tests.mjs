// Runs test files with node:test, some at a time: those of a file alone first, then those with daemons and browsers, which mostly wait.
// Takes the files as arguments; test.mjs starts it with the loader for TypeScript and reads the counts from descriptor 3.
import { writeSync } from "node:fs";
import { PassThrough } from "node:stream";
import { finished } from "node:stream/promises";
import { run } from "node:test";
import { spec } from "node:test/reporters";

/** No file may take longer; one that hangs is ended and fails. */
const FILE_TIMEOUT_MS = 400_000;

const isEndToEnd = (file) => /(^|\/)test\/e2e\//.test(file);
const files = process.argv.slice(2);
const rounds = [
  { files: files.filter((file) => !isEndToEnd(file)), concurrency: 2 },
  { files: files.filter(isEndToEnd), concurrency: 3 },
].filter((round) => round.files.length > 0);

const counts = { tests: 0, pass: 0, fail: 0, cancelled: 0, skipped: 0, todo: 0 };

function count({ type, data }) {
  // A suite is no test; a file counts only when it failed by itself, and then has no test of its own.
  if (data.details?.type === "suite") return;
  counts.tests += 1;
  if (data.skip !== undefined && data.skip !== false) counts.skipped += 1;
  else if (data.todo !== undefined && data.todo !== false) counts.todo += 1;
  else if (type === "test:pass") counts.pass += 1;
  else if (data.details?.error?.failureType === "cancelledByParent") counts.cancelled += 1;
  else counts.fail += 1;
}

/** The runner's own closing numbers of a round; they are given once, for all rounds together. */
const isClosingNumber = ({ type, data }) =>
  type === "test:summary" ||
  (type === "test:diagnostic" && data.nesting === 0 && /^[a-z_]+ [\d.]+$/.test(data.message));

const started = Date.now();
const events = new PassThrough({ objectMode: true });
const report = events.pipe(new spec());
report.pipe(process.stdout, { end: false });
for (const round of rounds) {
  for await (const event of run({ ...round, timeout: FILE_TIMEOUT_MS })) {
    if (event.type === "test:pass" || event.type === "test:fail") count(event);
    if (!isClosingNumber(event)) events.write(event);
  }
}
events.end();
await finished(report);

for (const [name, value] of Object.entries(counts)) process.stdout.write(`# ${name} ${value}\n`);
process.stdout.write(`# duration_ms ${Date.now() - started}\n`);
writeSync(3, JSON.stringify({ passed: counts.pass, failed: counts.fail + counts.cancelled, skipped: counts.skipped }));
