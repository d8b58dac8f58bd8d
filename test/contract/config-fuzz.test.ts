// Whatever bytes a configuration consists of, reading it ends soon, with a configuration that can be used or with errors
// that name their place. The bytes are real files, damaged.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { jsonValue } from "../../agent/src/config/json.js";
import { loadConfig } from "../../agent/src/config/load.js";
import { configInfo, groupSpecs, serverRules } from "../../agent/src/config/specs.js";
import type { World } from "../../agent/src/config/world.js";
import { CORPUS, pin, readings } from "../helpers/corpus.js";
import { tempDir } from "../helpers/temp-dir.js";

/** Fixed, so that a failure is there again in the next run; raise RUNS to look further. */
const SEED = 20_240_521;
const RUNS = Number(process.env.FLEETVISOR_FUZZ_RUNS ?? 2000);
/** Far more than any real file takes, even on a busy machine. */
const SOON_MS = 5_000;

/** Pieces that mean something somewhere in the dialect, and numbers at the edges. */
const TOKENS = [
  ...["[program:x]\n", "[", "]", "[group:g]\nprograms=", "[include]\nfiles=*", "[eventlistener:x]\n", "[fcgi-program:"],
  ...["\n", "\r", "\r\n ", "\n\t", "=", ":", ";", " ;", "#", ",", "'", '"', "\\", "%", "%%", "\0", "\ufeff", "\u2028"],
  ...[
    "%(process_num)",
    "%(process_num)d",
    "%(process_num)99999999d",
    "%(ENV_X)s",
    "%(here)s",
    "%(x",
    "%*d",
    "%(program_name)s",
  ],
  ...["numprocs=", "numprocs=0", "numprocs=-1", "numprocs=2000", "numprocs=99999999999999999999", "numprocs_start=1e9"],
  ...["environment=", 'A="b', "A='b',", "command=", "process_name=", "exitcodes=", "stopsignal=", "user=", "priority="],
  ...[
    "-1",
    "0",
    "2147483648",
    "9".repeat(400),
    "1_000",
    "0x10",
    "1e309",
    "nan",
    "50MB",
    "999999999999TB",
    "٣",
    "auto",
    "NONE",
  ],
].map((token) => Buffer.from(token));

type Damage = (bytes: Buffer) => Buffer;

const spliced = (bytes: Buffer, at: number, remove: number, insert: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + remove)]);

/** One way to hurt a file; positions are parts of its length, so that they mean something in every file. */
const DAMAGE: fc.Arbitrary<Damage> = fc
  .tuple(
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(64),
    fc.oneof(
      fc.constantFrom(...TOKENS),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    ),
    fc.constantFrom("insert", "overwrite", "cut", "repeat", "truncate", "line"),
  )
  .map(([part, length, token, kind]) => (bytes) => {
    const at = Math.floor(part * bytes.length);
    switch (kind) {
      case "insert":
        return spliced(bytes, at, 0, token);
      case "overwrite":
        return spliced(bytes, at, token.length, token);
      case "cut":
        return spliced(bytes, at, length, Buffer.alloc(0));
      case "repeat":
        return spliced(bytes, at, 0, bytes.subarray(at, at + length * 8));
      case "truncate":
        return bytes.subarray(0, at);
      case "line": {
        const end = bytes.indexOf(10, at);
        return spliced(bytes, end < 0 ? bytes.length : end + 1, 0, Buffer.concat([token, Buffer.from("\n")]));
      }
    }
  });

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");

/** Reads `bytes` as the main file and uses everything that comes out of it; true when it can be used. Fails by throwing. */
function read(configfile: string, world: World, bytes: Uint8Array): boolean {
  const damaged: World = { ...world, readFile: (path) => (path === configfile ? bytes : world.readFile(path)) };
  const started = performance.now();
  const result = loadConfig({ configfile, overrides: {} }, damaged);
  assert.ok(performance.now() - started < SOON_MS, "reading took too long");
  JSON.stringify(jsonValue(result));
  if (result.ok) {
    const { config } = result;
    for (const group of groupSpecs(config, (uid) => uid)) {
      for (const { name } of group.processes) assert.doesNotMatch(name, /[\s:/]/, "a name that nobody can type");
    }
    configInfo(config);
    config.http_servers.map(serverRules);
    return true;
  }
  assert.notEqual(result.errors.length, 0);
  assert.equal(result.error, result.errors[0]?.message);
  for (const { file, line, reason } of result.errors) {
    assert.ok(file !== null, `no file: ${reason}`);
    assert.ok(line === null || (Number.isInteger(line) && line > 0), `line ${line}: ${reason}`);
    assert.notEqual(reason.trim(), "");
  }
  return false;
}

const all = readings();

test("damaged real files are read or refused, soon and with places", (t) => {
  const root = tempDir(t);
  const sound = all.filter(({ expected }) => JSON.parse(readFileSync(join(CORPUS, expected), "utf8")).ok === true);
  const files = sound.map((reading, index) => ({
    ...pin(reading, `${root}/${index}`),
    bytes: readFileSync(reading.conf),
  }));
  let usable = 0;
  fc.assert(
    fc.property(fc.nat(files.length - 1), fc.array(DAMAGE, { minLength: 1, maxLength: 4 }), (index, damages) => {
      const file = files[index];
      assert.ok(file !== undefined);
      const bytes = damages.reduce<Buffer>((damaged, damage) => damage(damaged), file.bytes);
      try {
        if (read(file.configfile, file.world, bytes)) usable++;
      } catch (cause) {
        throw new Error(`${file.configfile} read as ${JSON.stringify(hex(bytes))}`, { cause });
      }
    }),
    { seed: SEED, numRuns: RUNS },
  );
  // Damage that refuses every file would test little of the reader.
  assert.ok(usable > RUNS / 20, `only ${usable} of ${RUNS} could be used`);
});

test("any bytes at all are read or refused", (t) => {
  const [first] = all;
  assert.ok(first !== undefined);
  const { configfile, world } = pin(first, tempDir(t));
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(fc.constantFrom(...TOKENS), { maxLength: 30 }).map((tokens) => Buffer.concat(tokens)),
  );
  fc.assert(
    fc.property(bytes, (text) => void read(configfile, world, text)),
    { seed: SEED, numRuns: RUNS },
  );
});

test("sizes that would fill the memory are refused or read in time", (t) => {
  const [first] = all;
  assert.ok(first !== undefined);
  const { configfile, world } = pin(first, tempDir(t));
  const big = (text: string) => read(configfile, world, Buffer.from(`[supervisord]\n${text}`));
  big(`[program:x]\ncommand=${"a".repeat(4_000_000)}\n`);
  big("[program:x]\ncommand=/bin/a\n".repeat(50_000));
  big(Array.from({ length: 5_000 }, (_, n) => `[program:p${n}]\ncommand=/bin/a\n`).join(""));
  big(`[program:x]\ncommand=/bin/a\nenvironment=${Array.from({ length: 20_000 }, (_, n) => `A${n}="b"`).join(",")}\n`);
  big(`[program:x]\ncommand=a\nprocess_name=${"%(process_num)d".repeat(2000)}\nnumprocs=1000\n`);
  big(`[group:g]\nprograms=${"x,".repeat(10_000)}\n[program:x]\ncommand=a\n`);
  big(`${" \t".repeat(500_000)};${"#;".repeat(200_000)}\n`);
  big(`[program:x]\ncommand=${" ;".repeat(1)}${"x;#".repeat(200_000)}\n`);
  big(`[program:x]\ncommand=a\nstdout_logfile=${"%(here)s".repeat(20_000)}\n`);
});
