// Decides whether a command line means one host (supervisorctl) or the fleet. Pure.

/** Matters that have a help of their own, beside those of the verbs. */
export const HELP_TOPIC_NAMES = ["selectors", "output", "exit-codes", "environment"] as const;

export type Mode = "direct" | "fleet" | "help";

/** Options before the first word that name a server or a config: supervisorctl's, so direct mode. */
const DIRECT_SHORT = ["c", "s", "u", "p"];
const DIRECT_LONG = ["configuration", "serverurl", "username", "password"];

/** Options before the first word that only fleet mode has. */
const FLEET_OPTIONS = /^(--controller|--token|--output|--plain-http|--version)(=|$)|^-o/;

/** Verbs that only the fleet has: without a controller they say how to log in, instead of being unknown. */
const FLEET_VERBS: ReadonlySet<string> = new Set([
  "login",
  "logout",
  "events",
  "logs",
  "grep",
  "history",
  "top",
  "shell",
  "completion",
  "__complete",
  "instances",
  "operations",
  "join-token",
  "users",
  "grants",
  "tokens",
  "audit",
  "explain",
  "backup",
]);

/** Verbs of both: after them `--help` asks for the fleet's help, since supervisorctl has only `help VERB`. */
const SHARED_VERBS: ReadonlySet<string> = new Set([
  "status",
  "start",
  "stop",
  "restart",
  "signal",
  "clear",
  "update",
  "add",
  "remove",
  "reload",
  "shutdown",
  "tail",
  "maintail",
  "avail",
  "reread",
  "pid",
  "version",
  "open",
]);

/** Fleet and supervisorctl options that take the next word as their value. */
const TAKES_VALUE = /^(-[csupro]|--(controller|token|output|configuration|serverurl|username|password|history_file))$/;

/** Words after `help` that supervisorctl would not know. */
function isOfFleet(word: string): boolean {
  return FLEET_VERBS.has(word) || HELP_TOPIC_NAMES.some((topic) => topic === word);
}

function isDirectOption(word: string): boolean {
  if (word.startsWith("--")) {
    const name = word.slice(2).split("=", 1)[0] ?? "";
    return name.length > 0 && DIRECT_LONG.some((long) => long.startsWith(name));
  }
  return DIRECT_SHORT.some((letter) => word.startsWith(`-${letter}`) || word.startsWith(`-i${letter}`));
}

/**
 * `-c`, `-s`, `-u` or `-p` before the command: direct. Else a fleet option, a fleet verb or a configured controller: fleet.
 * Else direct. A verb's `--help` is the fleet's. `-h` before the command, and `help` where no server would answer to it, is help on both.
 */
export function decideMode(args: readonly string[], hasController: boolean): Mode {
  let mode: Mode = hasController ? "fleet" : "direct";
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (!word.startsWith("-") || word === "-" || word === "--") {
      if (word === "help" && isOfFleet(args[at + 1] ?? "")) return "fleet";
      const asksForHelp =
        SHARED_VERBS.has(word) && args.slice(at + 1).some((each) => each === "--help" || each === "-h");
      return FLEET_VERBS.has(word) || asksForHelp ? "fleet" : mode;
    }
    if (word === "-h" || word === "--help" || word === "-?") return "help";
    if (FLEET_OPTIONS.test(word)) mode = "fleet";
    else if (isDirectOption(word)) return "direct";
    if (TAKES_VALUE.test(word)) at += 1;
  }
  return mode;
}
