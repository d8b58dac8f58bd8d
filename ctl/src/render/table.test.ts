import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chooseColors } from "./colors.js";
import { type Head, type Row, TableWriter } from "./table.js";

const PLAIN = chooseColors({}, false);
const COLOURED = chooseColors({}, true);

function buildTable(head: Head, rows: readonly Row[], columns: number | null, colors = PLAIN): string {
  return new TableWriter(head, { columns, colors }).rows(rows);
}

test("columns are as wide as their longest cell, two spaces apart, without spaces at the end", () => {
  const text = buildTable(
    ["TARGET", "STATE", "DESCRIPTION"],
    [
      ["web-1/api:api", "RUNNING", "pid 1"],
      ["w/長い:x", "FATAL", ""],
    ],
    null,
    PLAIN,
  );
  assert.equal(text, "TARGET         STATE    DESCRIPTION\nweb-1/api:api  RUNNING  pid 1\nw/長い:x       FATAL\n");
});

test("on a terminal the last column is broken to fit, elsewhere a row is one line", () => {
  const rows = [["a", "one two three four five six seven eight"]];
  assert.equal(buildTable(["X", "Y"], rows, null, PLAIN).split("\n").length, 3);
  const fitted = buildTable(["X", "Y"], rows, 30, PLAIN);
  assert.ok(
    fitted.split("\n").every((line) => line.length <= 30),
    fitted,
  );
  assert.match(fitted, /eight/);
});

test("colours change no width, and what others wrote cannot steer the terminal", () => {
  const text = buildTable(["X", "Y"], [[{ text: "\u001b[2Jab", paint: COLOURED.red }, "c\nd"]], null, COLOURED);
  assert.equal(text.split("\n")[1], `${COLOURED.red("\u00b7[2Jab")}  c d`);
});

test("ten thousand rows take a moment, not a coffee", () => {
  const rows = Array.from({ length: 10_000 }, (_, i) => [`host-${i}/web:api`, "RUNNING", "pid 1, uptime 0:00:01"]);
  const began = performance.now();
  assert.equal(buildTable(["A", "B", "C"], rows, 100, PLAIN).split("\n").length, 10_002);
  assert.ok(performance.now() - began < 2_000);
});

test("rows that come later are lined up with those before, without a second heading", () => {
  const table = new TableWriter(["X", "Y"], { columns: null, colors: PLAIN });
  assert.equal(table.rows([["long one", "1"]]), "X         Y\nlong one  1\n");
  assert.equal(table.rows([["short", "2"]]), "short     2\n");
});

test("on a narrow terminal columns leave in the order that they say, until the last one can be read", () => {
  const head: Head = ["NAME", { title: "SECOND", leaves: 2 }, { title: "FIRST", leaves: 1 }, "WORDS"];
  const rows = [["a-long-name", "second", "first", "some words that are longer than the room there is for them"]];
  const titles = (columns: number | null) => buildTable(head, rows, columns).split("\n", 1)[0]?.split(/ +/).join(" ");
  assert.equal(titles(null), "NAME SECOND FIRST WORDS");
  assert.equal(titles(52), "NAME SECOND FIRST WORDS");
  assert.equal(titles(51), "NAME SECOND WORDS");
  assert.equal(titles(40), "NAME WORDS");
  assert.equal(titles(20), "NAME WORDS", "the terminal breaks the lines");
});

test("wide columns are there when asked for, and then every row is one line", () => {
  const head: Head = ["NAME", { title: "PID", isWide: true }, "WORDS"];
  const row: Row = ["a", "42", "words ".repeat(20).trim()];
  assert.match(buildTable(head, [row], 40), /^NAME +WORDS\na +words words/);
  const wide = new TableWriter(head, { columns: 40, colors: PLAIN, isWide: true }).rows([row]);
  assert.match(wide, /^NAME +PID +WORDS\na +42 +(words ?){20}\n$/);
});

test("one name that is much too long stands alone on its line, and all the others stay lined up", () => {
  const long = `web-1/${"a-rather-long-name-".repeat(3)}:x`;
  const text = buildTable(
    ["TARGET", "STATE", "DESCRIPTION"],
    [
      ["web-1/api:a", "RUNNING", "pid 1, uptime 0:00:01"],
      [long, "FATAL", "no such file"],
      ["web-1/api:bcd", "RUNNING", "pid 2, uptime 0:00:01"],
    ],
    60,
  );
  assert.equal(
    text,
    `TARGET         STATE    DESCRIPTION
web-1/api:a    RUNNING  pid 1, uptime 0:00:01
${long}
               FATAL    no such file
web-1/api:bcd  RUNNING  pid 2, uptime 0:00:01
`,
  );
  const cut = new TableWriter(["TARGET", "STATE", "X"], { columns: 40, colors: PLAIN, isCut: true });
  const lines = cut
    .rows([
      ["web-1/api:a", "RUNNING", "1"],
      [long, "FATAL", "2"],
      ["b", "FATAL", "3"],
    ])
    .split("\n");
  assert.equal(lines[2], "web-1/a-rather-long-name-a-…  FATAL    2", "on one line where each must be");
});

test("where the others leave the last column nothing, it stands below what does not fit beside them", () => {
  const text = buildTable(
    ["TIME", "TARGET", "EVENT", "DETAIL"],
    [
      ["2026-11-21 17:02:16", "web-1/flaky:flaky", "RUNNING", "pid 26325"],
      [
        "2026-11-21 17:02:18",
        "web-1/flaky:flaky",
        "EXITED",
        "exited with code 3 (unexpected), after 3.2s; stderr: cannot bind",
      ],
    ],
    60,
  );
  assert.equal(
    text,
    `TIME                 TARGET             EVENT    DETAIL
2026-11-21 17:02:16  web-1/flaky:flaky  RUNNING  pid 26325
2026-11-21 17:02:18  web-1/flaky:flaky  EXITED
    exited with code 3 (unexpected), after 3.2s; stderr:
    cannot bind
`,
  );
});

test("no line is longer than the terminal, but for one cell that is longer itself; nothing is lost, at any width", () => {
  const cell = fc.stringMatching(/^[a-z0-9:/-]{0,30}( [a-z]{1,12}){0,4}$/);
  const rows = fc.array(fc.tuple(cell, fc.constantFrom("RUNNING", "FATAL", "BACKOFF"), cell), {
    minLength: 1,
    maxLength: 9,
  });
  fc.assert(
    fc.property(
      rows,
      fc.array(fc.tuple(cell, fc.constant("EXITED"), cell), { maxLength: 3 }),
      fc.integer({ min: 40, max: 120 }),
      (first, later, columns) => {
        const table = new TableWriter(["TARGET", { title: "STATE", least: 8 }, "WORDS"], { columns, colors: PLAIN });
        const text = table.rows(first) + table.rows(later);
        const cells = [...first, ...later].flat();
        for (const line of text.split("\n")) {
          assert.ok(line.length <= columns || cells.includes(line.trim()), `${columns}: ${line}`);
          assert.equal(line, line.trimEnd());
        }
        const squeezed = (what: string) => what.replace(/\s+/g, "");
        assert.equal(squeezed(text), squeezed(["TARGET", "STATE", "WORDS", ...cells].join("")));
      },
    ),
  );
});
