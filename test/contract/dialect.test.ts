// The pieces of the configuration dialect against the real ones, on generated texts: Python's RawConfigParser as
// supervisord sets it up, `%`, shlex, UTF-8, repr and glob. One Python process answers for all of them.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { splitCommand } from "../../agent/src/config/command-words.js";
import { parseEnvironment } from "../../agent/src/config/environment.js";
import { glob } from "../../agent/src/config/glob.js";
import { emptyIni, type IniValue, problemText, readIni } from "../../agent/src/config/ini.js";
import { formatPercent } from "../../agent/src/config/percent.js";
import { compareText, repr } from "../../agent/src/config/python-text.js";
import { decodeUtf8 } from "../../agent/src/config/utf8.js";
import { ROOT } from "../helpers/paths.js";
import { tempDir } from "../helpers/temp-dir.js";

/** Debian's, since that is the one with supervisor. */
const PYTHON = "/usr/bin/python3";
/** Fixed, so that a failure is there again in the next run; raise RUNS to look further. */
const SEED = 20_240_521;
const RUNS = Number(process.env.FLEETVISOR_FUZZ_RUNS ?? 500);

const NAMES = new Map<string, string | number>(
  Object.entries({ here: "/srv/ä'b", n: 7, minus: -1234, zero: 0, "(odd)": "q", big: 100000 }),
);

const from = (...parts: string[]) =>
  fc.array(fc.constantFrom(...parts), { maxLength: 12 }).map((found) => found.join(""));
const blanks = [" ", "  ", "\t", "\f", "\x1c", "\x85", "\u00a0", "\u2028", "\ufeff"];
const line = fc.oneof(
  from("[", "]", "a", "B", "DEFAULT", ":", ";", " ;", "#", " "),
  from("key", "K", "é", "İ", "=", " = ", ":", " ", ";", " ;", "#", " #", "\t#", "v", "'", '"', "%(x)s", ...blanks),
  from(" ", "\t", "x", "=", ";", "#", "]", ...blanks),
);
const INI = fc
  .tuple(
    fc.constantFrom("[a]", "[a]", "[DEFAULT]", "", "x=1"),
    fc.array(line, { maxLength: 14 }),
    fc.constantFrom("\n", "\r\n", "\r"),
  )
  .map(([first, rest, end]) => [first, ...rest].join(end) + (rest.length % 2 === 0 ? end : ""));
const PERCENT = from(
  "%",
  "%(here)",
  "%(n)",
  "%(minus)",
  "%(big)",
  "%(zero)",
  "%(no)",
  "%((odd))",
  ..."(sdracxXoiueEfgG025-+ #.*lyé😀".split(""),
  "%%",
);
const SHELL = from("a", "B", "1", "=", ",", "'", '"', "\\", " ", "\n", "#", "/", ":", ";", "$", "é", "😀");
/** No characters that one Unicode version knows and another does not. */
const CHARACTER = fc.oneof(
  fc.constantFrom(...blanks, "'", '"', "\\", "\n", "\u200b", "\ue000", "\uffff", "😀", "\u{f0000}"),
  fc.integer({ min: 0, max: 0x2ff }).map((code) => String.fromCharCode(code)),
);
const TEXT = fc.array(CHARACTER, { maxLength: 10 }).map((found) => found.join(""));
const PATTERNS = [
  "*",
  "?",
  "[a-c]*",
  "[!a]*",
  "[]a]*",
  "[a",
  ".*",
  "d*/*.conf",
  "d1/x.conf",
  "*/",
  "d1/",
  "no/*",
  "**/x.conf",
  "l*/*",
  "[b-a]*",
  "a\\*",
  "[^a]*",
  "broken*",
  "{a,b}*",
  "a+b",
  "./d1/../d2/*",
];

type Answer = { value: unknown } | { unknown: string } | { error: string };

function ours(run: () => unknown): Answer {
  try {
    return { value: run() };
  } catch (thrown) {
    return { error: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

const texts = (options: ReadonlyMap<string, IniValue>) => [...options].map(([name, { text }]) => [name, text]);

/** How each kind of piece is read here; the names of the kinds are those of `dialect.py`. */
const READERS: Readonly<Record<string, (input: string) => unknown>> = {
  ini(text) {
    const ini = emptyIni();
    const problem = readIni(ini, text, "file.conf");
    if (problem !== null) return { error: problemText(problem) };
    return {
      sections: [...ini.sections].map(([name, { options }]) => [name, texts(options)]),
      defaults: texts(ini.defaults),
    };
  },
  percent(text) {
    const formatted = formatPercent(text, { get: (name) => NAMES.get(name), entries: () => NAMES.entries() });
    if (formatted.ok) return { value: formatted.text };
    return "unknown" in formatted ? { unknown: formatted.unknown } : { error: formatted.reason };
  },
  environment: (text) => ours(() => [...parseEnvironment(text)]),
  words: (text) => ours(() => splitCommand(text)),
  utf8(base64) {
    const decoded = decodeUtf8(Buffer.from(base64, "base64"));
    return decoded.ok ? { value: decoded.text } : { error: decoded.reason };
  },
  repr: (text) => ({ value: repr(text) }),
  glob: (pattern) => ({ value: glob(pattern).sort(compareText) }),
};

function missing(): string | false {
  const { status } = spawnSync(PYTHON, ["-c", "import supervisor.options"], { stdio: "ignore" });
  if (status === 0) return false;
  const reason = `${PYTHON} with the supervisor package is not installed`;
  if (!["", "false"].includes(process.env.CI ?? "")) throw new Error(reason);
  return reason;
}

test("generated pieces of configuration are read as Python and supervisor read them", {
  skip: missing(),
}, async (t) => {
  const dir = tempDir(t);
  for (const name of ["d1", "d2", ".hidden", "lost"]) mkdirSync(join(dir, name));
  for (const name of [
    "a",
    "b1",
    "c.conf",
    "[a",
    "a+b",
    "]x",
    "-",
    "é",
    ".dot",
    "d1/x.conf",
    "d2/y.conf",
    "d2/.z.conf",
  ]) {
    writeFileSync(join(dir, name), "");
  }
  symlinkSync("nowhere", join(dir, "broken"));
  symlinkSync("d1", join(dir, "link"));
  const sample = <T>(arbitrary: fc.Arbitrary<T>) => fc.sample(arbitrary, { numRuns: RUNS, seed: SEED });
  const inputs: Readonly<Record<string, string[]>> = {
    ini: sample(INI),
    percent: sample(PERCENT),
    environment: sample(SHELL).flatMap((text) => [text, `A=${text}`]),
    words: sample(SHELL),
    utf8: sample(fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString("base64"))),
    repr: sample(TEXT),
    glob: PATTERNS.map((pattern) => join(dir, "/") + pattern),
  };
  const script = join(ROOT, "test/fixtures/python/dialect.py");
  const answers: Record<string, unknown[]> = JSON.parse(
    execFileSync(PYTHON, ["-W", "ignore", script], {
      input: JSON.stringify(inputs),
      maxBuffer: 2 ** 28,
      encoding: "utf8",
    }),
  );
  for (const [kind, list] of Object.entries(inputs)) {
    await t.test(kind, () => {
      const read = READERS[kind];
      assert.ok(read !== undefined);
      for (const [index, input] of list.entries()) {
        assert.deepEqual(read(input), answers[kind]?.[index], JSON.stringify(input));
      }
    });
  }
});
