// The interactive shell of fleet mode: a prompt, the same verbs, completion, history. Ctrl-C ends what runs, not the shell.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Command } from "commander";
import { type Exit, exitOfStatus, worst } from "../exit.js";
import { Interrupted } from "../interrupted.js";
import type { Io } from "../io.js";
import { processAsker } from "../terminal.js";
import { completeLine } from "./complete-line.js";
import { chooseAccess } from "./credentials.js";
import { splitLine } from "./word-split.js";
import type { World } from "./world.js";

const HISTORY_LINES = 1000;
/** Lines with secrets in them. */
const SECRET = /^\s|--(token|code|password)\b|#code=/;
const LEAVE: ReadonlySet<string> = new Set(["quit", "exit"]);

/** Answers the worst exit of what was run, or at a terminal always `ok`. */
export async function runShell(world: World, program: Command): Promise<Exit> {
  const { io } = world;
  const file = historyFile(io.env);
  const globals = globalWords(world);
  let history = io.stdinIsTerminal ? readHistory(file) : [];
  let exit: Exit = "ok";
  if (io.stdinIsTerminal) await io.err("help shows the verbs, Tab completes, quit leaves\n");
  const newAsker = () =>
    processAsker(process.stdout, {
      candidates: async (line) =>
        (await completeLine(program, io.env, ["fvctl", ...globals, line].join(" "))).map((word) =>
          /[/:=]$/.test(word) ? word : `${word} `,
        ),
      history,
      historyLines: HISTORY_LINES,
    });
  let asker = newAsker();
  try {
    for (;;) {
      const line = await asker.askLine(io.stdinIsTerminal ? promptOf(world) : "").catch(async (thrown: unknown) => {
        if (!(thrown instanceof Interrupted)) throw thrown;
        await io.out("\n");
        return "";
      });
      if (line === null) break;
      history = asker.history().filter((each) => !SECRET.test(each));
      const text = line.trim();
      if (text === "" || text.startsWith("#")) continue;
      if (LEAVE.has(text)) return exitOf(io, exit);
      // Commands ask and draw on the same terminal.
      if (io.stdinIsTerminal) asker.close();
      exit = worst(exit, await runLine(io, globals, text));
      if (io.stdinIsTerminal) asker = newAsker();
    }
    if (io.stdinIsTerminal) await io.out("\n");
    return exitOf(io, exit);
  } finally {
    asker.close();
    if (io.stdinIsTerminal) saveHistory(file, history);
  }
}

const exitOf = (io: Io, exit: Exit): Exit => (io.stdinIsTerminal ? "ok" : exit);

/** Runs one line; what fails is said and ends nothing. */
async function runLine(io: Io, globals: readonly string[], text: string): Promise<Exit> {
  const { runCommand } = await import("../cli.js");
  let words: readonly string[];
  try {
    words = splitLine(text.replace(/^\?/, "help "));
    if (words[0] === "shell") throw new FleetError("invalid-argument", "this is the shell");
  } catch (thrown) {
    await io.err(`fvctl: ${FleetError.from(thrown).message}\n`);
    return "usage";
  }
  const args = words[0] === "help" ? words : [...globals, ...words];
  return io.untilInterrupted(async (signal) => {
    const abandoned = abandonable(io, signal);
    const interrupted = new Promise<Exit>((resolve) => {
      signal.addEventListener("abort", () => resolve("interrupted"), { once: true });
    });
    const running = runCommand(abandoned, args).then(exitOfStatus);
    const exit = await Promise.race([running, interrupted]);
    if (signal.aborted && io.stdinIsTerminal) await io.err("\n");
    return exit;
  });
}

/** The same streams, on which nothing more is said once the command is left where it is. */
function abandonable(io: Io, signal: AbortSignal): Io {
  const never = () => new Promise<void>(() => {});
  return {
    ...io,
    out: (text) => (signal.aborted ? never() : io.out(text)),
    err: (text) => (signal.aborted ? never() : io.err(text)),
  };
}

/** `fleet.example:9700> `. */
function promptOf({ io, globals }: World): string {
  try {
    return `${new URL(chooseAccess(globals, io.env).url).host}> `;
  } catch {
    return "not logged in> ";
  }
}

/** What the shell was started with holds for each of its commands. */
function globalWords({ globals }: World): readonly string[] {
  const { controller, token, plainHttp, output } = globals;
  return [
    ...(controller === undefined ? [] : ["--controller", controller]),
    ...(token === undefined ? [] : ["--token", token]),
    ...(plainHttp === true ? ["--plain-http"] : []),
    ...(output === "table" ? [] : ["-o", output]),
  ];
}

function historyFile(env: Io["env"]): string {
  const state = env.XDG_STATE_HOME;
  const base = state === undefined || state === "" ? join(env.HOME ?? homedir(), ".local/state") : state;
  return join(base, "fleetvisor/fvctl_history");
}

/** Newest first. */
function readHistory(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line !== "")
      .reverse();
  } catch {
    return []; // not there yet
  }
}

function saveHistory(file: string, newestFirst: readonly string[]): void {
  const lines = [...newestFirst].reverse().map((line) => `${line}\n`);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, lines.join(""), { mode: 0o600 });
  } catch {
    // A history that cannot be kept must not spoil the session.
  }
}
