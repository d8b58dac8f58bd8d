// Completion in the real shells: somebody types half a word at bash, zsh and fish, presses Tab and Enter, and fvctl gets the whole word.
import assert from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { eventually } from "../helpers/eventually.js";
import { startFleet } from "../helpers/fleet.js";
import { without } from "../helpers/needs.js";
import { FVCTL } from "../helpers/paths.js";
import { tempDir } from "../helpers/temp-dir.js";
import { atTerminal, type Step } from "../helpers/terminal.js";

const SECTIONS = `
[program:api]
command = /bin/sleep 1000
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0

[program:idle]
command = /bin/sleep 1000
startsecs = 0
`;

const PROMPT = "Here> ";
const CTRL_C = "\x03";
const CTRL_D = "\x04";

interface Shell {
  readonly argv: readonly string[];
  /** Typed before anything else; the prompt is then `PROMPT`. It must not stand there as it is, since what is typed is seen too. */
  readonly first: string;
}

const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    argv: ["bash", "--norc", "--noprofile", "-i"],
    first: "bind 'set bell-style none'; source <(fvctl completion bash); PS1='Her''e> '",
  },
  zsh: {
    argv: ["zsh", "-f", "-i"],
    first: "autoload -Uz compinit; compinit -u -D; source <(fvctl completion zsh); PROMPT='Her''e> '",
  },
  fish: {
    argv: ["fish", "--no-config", "-i"],
    first: "fvctl completion fish | source; function fish_prompt; echo -n Her'e> '; end",
  },
};

/** What is typed, with Tab in it, and the words that fvctl is then called with. */
const LINES: readonly (readonly [typed: string, words: readonly string[]])[] = [
  ["fvctl stat\t", ["status"]],
  ["fvctl status --so\tst\t", ["status", "--sort", "state"]],
  ["fvctl status -o nd\t", ["status", "-o", "ndjson"]],
  ["fvctl --output=nd\tstat\t", ["--output=ndjson", "status"]],
  ["fvctl restart web-2\tal\t", ["restart", "web-2/all"]],
  ["fvctl restart web-1/i\ti\t", ["restart", "web-1/idle:idle"]],
  ["fvctl restart web-1/api:\tapi-1\t--dr\t", ["restart", "web-1/api:api-1", "--dry-run"]],
  ["fvctl restart web-2/all web-1/api:api-1\t", ["restart", "web-2/all", "web-1/api:api-1"]],
  ["fvctl restart 'web-1/idle:i\t", ["restart", "web-1/idle:idle"]],
  ['fvctl restart "web-1/idle:i\t', ["restart", "web-1/idle:idle"]],
  ["fvctl status state=F\t", ["status", "state=FATAL"]],
  ["fvctl instances rem\tweb-2\t", ["instances", "remove", "web-2"]],
  ["fvctl help exi\t", ["help", "exit-codes"]],
  ["fvctl backup some\t", ["backup", "some file.db"]],
  ["fvctl -c sup\tstatus", ["-c", "supervisord.conf", "status"]],
  ["fvctl completion fi\t", ["completion", "fish"]],
];

test("completion in real shells", {
  skip: without("python3", ...Object.keys(SHELLS)),
  concurrency: true,
}, async (t) => {
  const fleet = await startFleet(t, [
    { name: "web-1", labels: "role=web", sections: SECTIONS },
    { name: "web-2", labels: "role=web", sections: SECTIONS },
  ]);
  await eventually(async () => (await fleet.processes("state=RUNNING")).length === 6);
  const home = tempDir(t);
  mkdirSync(join(home, "bin"));
  const told = `#!/bin/sh
case "$1" in
  __complete) exec "$NODE" "$FVCTL" "$@" ;;
  completion) test -z "$TOLD" && exec "$NODE" "$FVCTL" "$@" ;;
esac
printf 'called'; printf ' <%s>' "$@"; echo
`;
  writeFileSync(join(home, "bin/fvctl"), told);
  chmodSync(join(home, "bin/fvctl"), 0o755);
  for (const file of ["some file.db", "supervisord.conf"]) writeFileSync(join(home, file), "");
  const env = {
    ...fleet.ctlEnv,
    HOME: home,
    PATH: `${join(home, "bin")}:${process.env.PATH ?? ""}`,
    NODE: process.execPath,
    FVCTL,
  };

  const typing = Object.entries(SHELLS).map(([name, { argv, first }]) => {
    return t.test(name, async () => {
      const set = name === "fish" ? "set -x TOLD 1" : "export TOLD=1";
      const steps: Step[] = [["", `${first}; ${set}\r`]];
      for (const [typed] of LINES) steps.push([PROMPT, `${typed}\r`], ["called <", ""]);
      steps.push([PROMPT, `fvctl re\t\t`], ["restart", CTRL_C], [PROMPT, CTRL_D]);
      const { screen, raw } = await atTerminal(argv, steps, { cwd: home, env });
      const called = [...raw.matchAll(/called((?: <[^>]*>)+)\r?\n/g)].map(([, words = ""]) =>
        [...words.matchAll(/ <([^>]*)>/g)].map(([, word]) => word),
      );
      assert.deepEqual(
        called,
        LINES.map(([, words]) => words),
        screen,
      );
      const list = raw.slice(raw.lastIndexOf("called <"));
      for (const verb of ["reload", "remove", "reread", "restart"]) assert.ok(list.includes(verb), list);
    });
  });
  await Promise.all(typing);
});
