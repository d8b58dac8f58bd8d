// Whether every verb of fvctl is in the recorded transcripts: as people see it, and as scripts do where it has something for them.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { buildProgram } from "../../ctl/src/fleet/program.js";
import type { Io } from "../../ctl/src/io.js";
import { recordedSteps } from "../helpers/fvctl-transcript.js";
import { ROOT } from "../helpers/paths.js";

type Command = ReturnType<typeof buildProgram>;

const IO = { env: {}, columns: () => 200 } as unknown as Io;

/** Verbs that print nothing that a program would want as a document. */
const WITHOUT_JSON = new Set([
  ...["login", "logout", "top", "tail", "maintail", "open", "backup", "shell", "completion"],
  ...["users password", "users disable", "users enable", "users remove", "grants remove", "tokens remove"],
  "instances remove",
]);
/** Followed lines have no end, and so are no one document. */
const LINES = new Set(["logs"]);

function* verbs(command: Command | Command["commands"][number], before: readonly string[] = []): Generator<string> {
  for (const each of command.commands) {
    if (each.name().startsWith("__")) continue;
    const words = [...before, each.name()];
    if (each.commands.length === 0) yield words.join(" ");
    else yield* verbs(each, words);
  }
}

test("every verb of the help is in the transcripts, as a table and as JSON", () => {
  const folder = join(ROOT, "test/fixtures/transcripts");
  const lines = readdirSync(folder)
    .filter((name) => name.startsWith("fvctl-fleet"))
    .flatMap((name) => recordedSteps(name).map((step) => step.split("\n", 1)[0]?.replace("$ fvctl ", "") ?? ""));
  const saysOf = (verb: string) => {
    // `users` alone is `users list`.
    const usual = verb.endsWith(" list") ? verb.slice(0, -" list".length) : null;
    return lines.filter((line) => `${line} `.startsWith(`${verb} `) || line === usual || line.startsWith(`${usual} -`));
  };
  const missing: string[] = [];
  for (const verb of verbs(
    buildProgram(
      IO,
      async () => {},
      () => {},
    ),
  )) {
    const said = saysOf(verb);
    if (!said.some((line) => !/ -o |--help/.test(line))) missing.push(`${verb} for people`);
    const format = LINES.has(verb) ? / -o ndjson( |$)/ : / -o json( |$)/;
    if (!WITHOUT_JSON.has(verb) && !said.some((line) => format.test(line))) missing.push(`${verb} for scripts`);
  }
  assert.deepEqual(missing, []);
});
