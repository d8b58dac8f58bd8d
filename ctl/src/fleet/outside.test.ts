// What people and files hand to fvctl is either read as what it says it is or refused in one line, whatever it holds.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import fc from "fast-check";
import { parseChannels, wholeNumber } from "../commands/log-options.js";
import { parseTtl } from "../commands/token-life.js";
import { decideMode } from "../mode.js";
import { chooseColors, printable, printableLine } from "../render/colors.js";
import { breakInto, cutTo, widthOf } from "../render/layout.js";
import { LineSplitter } from "../render/lines.js";
import { parseMoment, parseSize, parseSpan } from "../render/words.js";
import { parseLoginAddress } from "./address.js";
import { completeLine } from "./complete-line.js";
import {
  type Credentials,
  chooseAccess,
  credentialsFile,
  hasController,
  loadCredentials,
  saveCredentials,
} from "./credentials.js";
import { instanceSelectors, narrow } from "./filter.js";
import { parseBatch, parseWait } from "./operate-options.js";
import { buildProgram } from "./program.js";
import { spellOutBytes } from "./tail-words.js";
import { splitLine, splitTyped } from "./word-split.js";

/** Text as it may come: anything, and what is nearly right. */
const wild = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string(),
  fc.string({ unit: fc.constantFrom(..."0123456789smhdwKMGTiB%.-+ :running/") }),
  fc.stringMatching(/^[0-9]{1,30}[smhdwKMGT%]?$/),
  fc.stringMatching(/^running:[0-9]{1,20}[smhd]?$/),
  fc.constantFrom("", "0", "-1", "1e9", "0x10", "NaN", "Infinity", "null", "__proto__", "constructor"),
);

/** What the reader makes of the text; null for a refusal in one line, and any other failure is the test's. */
function read<T>(reader: () => T): T | null {
  try {
    return reader();
  } catch (thrown) {
    assert.ok(thrown instanceof FleetError, `${thrown}`);
    assert.equal(thrown.kind, "invalid-argument");
    return null;
  }
}

test("spans, sizes, shares, counts and moments are whole numbers within their bounds, or refused", () => {
  const nowMs = Date.parse("2026-11-21T12:00:00Z");
  const within = (value: number | null, least: number, most: number) =>
    assert.ok(value === null || (Number.isSafeInteger(value) && value >= least && value <= most), `${value}`);
  fc.assert(
    fc.property(wild, (text) => {
      within(
        read(() => parseSpan(text, "x")),
        0,
        Number.MAX_SAFE_INTEGER,
      );
      within(
        read(() => parseSize(text, "x")),
        0,
        Number.MAX_SAFE_INTEGER,
      );
      within(
        read(() => parseMoment(text, "x", nowMs)),
        -8.64e15,
        8.64e15,
      );
      within(
        read(() => parseWait(text)),
        1_000,
        3_600_000,
      );
      within(
        read(() => parseTtl(60, 31_536_000)(text)),
        60,
        31_536_000,
      );
      within(
        read(() => wholeNumber("x", 1, 50)(text)),
        1,
        50,
      );
      const batch = read(() => parseBatch(text));
      // The controller's own pattern.
      assert.ok(batch === null || /^([1-9]\d{0,5}|([1-9]\d?|100)%)$/.test(batch), `${batch}`);
      read(() => parseChannels(text));
    }),
    { numRuns: 3_000 },
  );
});

test("a span is the sum of its parts", () => {
  const units = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 } as const;
  const part = fc.tuple(fc.nat(999), fc.constantFrom(...(Object.keys(units) as (keyof typeof units)[])));
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const seconds = parts.reduce((sum, [count, unit]) => sum + count * units[unit], 0);
      assert.equal(parseSpan(parts.map(([count, unit]) => `${count}${unit}`).join(""), "x"), seconds * 1_000);
    }),
  );
});

test("an address is http or https to one host, or refused; nothing of it but the code of a link goes further", () => {
  const near = fc.oneof(wild, fc.webUrl({ withFragments: true, withQueryParameters: true }), fc.webAuthority());
  fc.assert(
    fc.property(near, (text) => {
      const address = read(() => parseLoginAddress(text));
      if (address === null) return;
      assert.match(address.url, /^https?:\/\/[^/?#@]+$/);
      assert.notEqual(address.code, "");
    }),
    { numRuns: 2_000 },
  );
});

test("selectors with terms on top stay one word a selector, and what cannot be said so is refused", () => {
  const word = fc.string({ unit: fc.constantFrom(..."ab-*/:,=!\\ statedc") });
  const term = fc.oneof(word, fc.constantFrom("state=FATAL", "dc!=ams", "role=web", "state!=RUNNING"));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 3 }), fc.array(term, { maxLength: 3 }), (selectors, terms) => {
      const narrowed = read(() => narrow(selectors, terms));
      if (narrowed !== null && terms.length > 0) {
        for (const one of narrowed)
          assert.ok(
            terms.every((each) => one.includes(each)),
            `${one} ${terms}`,
          );
      }
      read(() => instanceSelectors(selectors, terms));
    }),
    { numRuns: 2_000 },
  );
});

test("a line of words is read as it was quoted, and half of it never fails", () => {
  const quoted = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  fc.assert(
    fc.property(fc.array(fc.string({ unit: "binary" })), fc.constantFrom(" ", "\t", "  "), (words, blank) => {
      assert.deepEqual(splitLine(words.map(quoted).join(blank)), words);
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(..."ab '\"\\\t=/:") }), (line) => {
      const { words, typed, isOpen } = splitTyped(line);
      const whole = read(() => splitLine(line));
      assert.equal(whole === null, isOpen);
      if (whole !== null) assert.deepEqual(whole.slice(0, words.length), words);
      if (/^[^'"\\]*$/.test(line)) assert.equal(typed, /\S*$/.exec(line)?.[0]);
    }),
    { numRuns: 2_000 },
  );
});

test("any command line means one mode, and -BYTES is spelt out without losing a word", () => {
  const word = fc.oneof(wild, fc.constantFrom("tail", "-f", "--", "-100", "-c", "help", "status", "--token"));
  fc.assert(
    fc.property(fc.array(word), fc.boolean(), (args, hasLogin) => {
      assert.ok(["direct", "fleet", "help"].includes(decideMode(args, hasLogin)));
      const spelt = spellOutBytes(args);
      assert.deepEqual(
        spelt.filter((each) => each !== "--bytes").map((each) => each.replace(/^-(?=\d+$)/, "")),
        args.filter((each) => each !== "--bytes").map((each) => each.replace(/^-(?=\d+$)/, "")),
      );
    }),
  );
});

test("Tab on any line offers only what goes on from what is typed", async () => {
  const env = { HOME: "/nonexistent", XDG_CONFIG_HOME: "/nonexistent" };
  const program = buildProgram(
    { env, columns: () => 80 } as never,
    async () => {},
    () => {},
  );
  const word = fc.oneof(
    fc.constantFrom("status", "-o", "--output=", "operations", "help", "-c", "--", "'", "\\", "instances", "--sort"),
    fc.string({ unit: fc.constantFrom(..."ast-o= '\"\\/:") }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(word, { maxLength: 5 }), async (words) => {
      const line = ["fvctl", ...words].join(" ");
      const { typed } = splitTyped(line);
      for (const found of await completeLine(program, env, line)) {
        assert.ok(found === "<files>" || found.startsWith(typed) || typed === "fvctl", `${line}: ${found}`);
      }
    }),
  );
});

test("the file of logins is read, or called damaged; what it names can be asked for", (t) => {
  const home = mkdtempSync(join(tmpdir(), "fvt-"));
  t.after(() => rmSync(home, { recursive: true }));
  const env = { HOME: home };
  const file = credentialsFile(env);
  mkdirSync(dirname(file), { recursive: true });
  const login = fc.record(
    {
      token: fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.integer()),
      tokenId: fc.oneof(fc.string(), fc.constant(null), fc.boolean()),
      user: fc.oneof(fc.string(), fc.constant(null)),
      savedAtMs: fc.oneof(fc.integer(), fc.string()),
      plainHttp: fc.oneof(fc.boolean(), fc.string(), fc.constant(null)),
    },
    { requiredKeys: [] },
  );
  const name = fc.oneof(
    fc.constantFrom("http://127.0.0.1:9700", "https://fleet.example", "__proto__", "toString", "http://h/path", "x"),
    fc.string(),
  );
  const near = fc.record(
    {
      current: fc.oneof(name, fc.constant(null), fc.integer()),
      controllers: fc.oneof(fc.dictionary(name, fc.oneof(login, fc.jsonValue())), fc.jsonValue()),
    },
    { requiredKeys: [] },
  );
  const text = fc.oneof(
    fc.json(),
    near.map((value) => JSON.stringify(value)),
    fc.string({ unit: "binary" }),
  );
  fc.assert(
    fc.property(text, (content) => {
      writeFileSync(file, content);
      hasController(env);
      const known = read(() => loadCredentials(env));
      if (known === null) return;
      for (const [url, { token, tokenId, plainHttp }] of Object.entries(known.controllers)) {
        assert.equal(new URL(url).origin, url);
        assert.match(token, /^[\x21-\x7e]+$/, "it can stand in a header");
        assert.ok(tokenId === null || typeof tokenId === "string");
        assert.equal(typeof plainHttp, "boolean");
      }
      assert.ok(known.current === null || Object.hasOwn(known.controllers, known.current));
      if (known.current !== null) assert.equal(chooseAccess({}, env).url, known.current);
      // What is saved again is the same.
      saveCredentials(env, known);
      assert.deepEqual(loadCredentials(env), Object.keys(known.controllers).length === 0 ? NOTHING : known);
    }),
    { numRuns: 500 },
  );
});

const NOTHING: Credentials = { current: null, controllers: {} };

test("lines are whole whatever the pieces are", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "\r", "\n", "\r\n", "é") });
  fc.assert(
    fc.property(text, fc.array(fc.nat(20)), (whole, cuts) => {
      const splitter = new LineSplitter();
      const places = [...cuts, whole.length].sort((a, b) => a - b);
      let at = 0;
      const lines: string[] = [];
      for (const place of places) {
        lines.push(...splitter.feed(whole.slice(at, place)));
        at = Math.max(at, place);
      }
      assert.deepEqual(
        [...lines, ...splitter.flush()],
        whole.split(/\r?\n/).filter((line, i, all) => line !== "" || i < all.length - 1),
      );
    }),
  );
});

test("nothing that others wrote steers the terminal, and what is cut or broken fits", () => {
  const text = fc.string({
    unit: fc.oneof(
      fc.constantFrom("\u001b[31m", "\u001b[2J", "\u0007", "\r", " ", "日本", "e\u0301"),
      fc.string({ unit: "binary", maxLength: 1 }),
    ),
  });
  const [plain, coloured] = [chooseColors({}, false), chooseColors({}, true)];
  fc.assert(
    fc.property(text, fc.integer({ min: 2, max: 30 }), (line, width) => {
      assert.doesNotMatch(printable(line), /[\u0000-\u001f\u007f-\u009f]/);
      assert.doesNotMatch(printableLine(line, plain), /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/);
      assert.doesNotMatch(
        printableLine(line, coloured).replace(/\u001b\[[\d;:]*m/g, ""),
        /[\u0000-\u0008\u000a-\u001f\u007f-\u009f]/,
      );
      const shown = printable(line);
      assert.ok(widthOf(cutTo(shown, width)) <= width, JSON.stringify(cutTo(shown, width)));
      for (const part of breakInto(shown, width)) assert.ok(widthOf(part) <= width, JSON.stringify(part));
      assert.equal(breakInto(shown, width).join("").replaceAll(" ", ""), shown.replaceAll(" ", ""));
    }),
    { numRuns: 1_000 },
  );
});
