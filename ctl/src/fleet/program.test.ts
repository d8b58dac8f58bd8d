// The help of every verb teaches by examples that are right.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Command } from "commander";
import type { Io } from "../io.js";
import { buildProgram } from "./program.js";
import { spellOutBytes } from "./tail-words.js";
import { splitLine } from "./word-split.js";

const IO = { env: {}, columns: () => 200 } as unknown as Io;

/** Those that a person sees, with the words before them. */
function* verbs(command: Command, before: readonly string[] = []): Generator<readonly [string, Command]> {
  for (const each of command.commands) {
    if (each.name().startsWith("__")) continue;
    const words = [...before, each.name()];
    yield [words.join(" "), each];
    yield* verbs(each, words);
  }
}

function helpOf(words: string): string {
  let text = "";
  const program = buildProgram(
    IO,
    async () => {},
    (part) => {
      text += part;
    },
  );
  assert.throws(() => program.parse([...words.split(" "), "--help"], { from: "user" }), {
    code: "commander.helpDisplayed",
  });
  return text;
}

/** Command lines of fvctl in a line of a shell, without what belongs to the shell. */
function linesOf(example: string): readonly string[] {
  return example
    .replace(/^source <\((.*)\)$/, "$1")
    .split(" | ")
    .map((part) => part.replace(/^xargs /, "").replace(/ [<>] \S+$/, ""))
    .filter((part) => part.startsWith("fvctl "));
}

const ALL = [
  ...verbs(
    buildProgram(
      IO,
      async () => {},
      () => {},
    ),
  ),
].map(([words]) => words);

test("every verb's help has examples, one of them of the verb itself, each with its meaning", () => {
  assert.ok(ALL.length > 50, ALL.join(", "));
  for (const words of ALL) {
    const [, block = ""] = /\nExamples:\n((?: {2}\S.*\n)+)/.exec(helpOf(words)) ?? [];
    const rows = block.split("\n").filter((line) => line !== "");
    assert.ok(rows.length > 0, `${words} has no examples`);
    for (const row of rows) assert.match(row, /^ {2}\S.*? {2,}\S/, `${words}: ${row} has no meaning beside it`);
    const [verb = ""] = words.split(" ");
    assert.ok(
      rows.flatMap((row) => linesOf(row.trim())).some((line) => line.split(" ").includes(verb)),
      words,
    );
  }
});

test("every example is a command line that fvctl takes", async () => {
  const seen = new Set<string>();
  for (const words of ALL) {
    const [, block = ""] = /\nExamples:\n((?: {2}\S.*\n)+)/.exec(helpOf(words)) ?? [];
    for (const row of block.split("\n")) {
      const [example = ""] = row.trim().split(/ {2,}/);
      for (const line of linesOf(example)) seen.add(line);
    }
  }
  assert.ok(seen.size > 80, `${seen.size} examples`);
  for (const line of seen) {
    let isRun = false;
    const program = buildProgram(
      IO,
      async () => {
        isRun = true;
      },
      () => {},
    );
    const args = splitLine(line).slice(1);
    // xargs gives it the targets.
    await program.parseAsync(spellOutBytes(args), { from: "user" }).catch((thrown: unknown) => {
      // Both print and end.
      const done = line.endsWith(" --help") ? "commander.helpDisplayed" : "commander.version";
      assert.equal((thrown as { code?: string }).code, done, `${line}: ${thrown}`);
      isRun = true;
    });
    assert.ok(isRun, `${line} runs nothing`);
  }
});
