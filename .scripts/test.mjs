// `npm test`: everything that CI checks. `npm test -- PATTERN...` runs only the test files whose path contains a PATTERN.
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { endLeftovers, leftoversOf, MARKER } from "./leftovers.mjs";
import { fail, root, runVisibly, say, setUp } from "./setup.mjs";
import { isStale } from "./stale.mjs";

const patterns = process.argv.slice(2);

/** Every `*.test.ts` and `*.test.tsx` below a folder, relative to the checkout, in order of name. */
function testFiles(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return ["node_modules", "dist", "gen"].includes(entry.name) ? [] : testFiles(path);
      return /\.test\.tsx?$/.test(entry.name) ? [path] : [];
    })
    .sort();
}

const tool = (name, ...args) => runVisibly(process.execPath, [join(root, "node_modules", name), ...args]);

/** Checks besides the tests; each says what it found by itself. */
const CHECKS = [
  ["lint and format (biome check)", () => tool("@biomejs/biome/bin/biome", "check", ".")],
  ["types (tsc -b)", () => tool("typescript/bin/tsc", "-b", ".tsconfig.json")],
];

setUp({ test: true });
const files = ["proto", "agent", "controller", "ctl", "web", "test"]
  .flatMap(testFiles)
  .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)));
if (files.length === 0) fail(`no test file matches ${patterns.join(", ")}`);

// Tests beside the source run from the source; those in test/ run what was built.
if (isStale() && (patterns.length === 0 || files.some((file) => file.startsWith("test/")))) {
  say("build");
  if (!runVisibly(process.execPath, [join(root, ".scripts/build.mjs")])) fail("the build failed, nothing was tested");
}

const broken = [];
for (const [name, check] of patterns.length === 0 ? CHECKS : []) {
  say(name);
  if (!check()) broken.push(name);
}

const run = randomUUID();
say(`tests (${files.length} files)`);
const tests = spawnSync(
  process.execPath,
  ["--conditions=fleetvisor", "--import", "tsx", join(root, ".scripts/run-tests.mjs"), ...files],
  { cwd: root, stdio: ["ignore", "inherit", "inherit", "pipe"], env: { ...process.env, [MARKER]: run } },
);
const counted = tests.output?.[3]?.toString();
const { passed, failed, skipped } = counted ? JSON.parse(counted) : { passed: 0, failed: 0, skipped: 0 };
if (!counted) broken.push("the test runner itself");
else if (passed + failed === 0) broken.push("tests (none ran)");

const left = leftoversOf(run);
if (left.length > 0) {
  broken.push("processes left running by the tests");
  for (const { pid, command } of left) say(`left running by a test: ${pid} ${command}`);
  endLeftovers(run);
}

for (const name of broken) say(`failed: ${name}`);
say(`${passed} passed, ${failed + broken.length} failed, ${skipped} skipped`);
process.exitCode = failed + broken.length === 0 ? 0 : 1;
