// `tail`, `maintail`, `clear`: logs of processes and of the server (supervisor-compat.md 7.5, 7.7).
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec, parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { type ActionResult, toActionResult, toList, toText } from "../answers.js";
import type { Command, Ctl } from "../ctl.js";
import { PythonException, RpcFault } from "../errors.js";
import { CTL_EXIT } from "../exit.js";
import { follow } from "../follow.js";
import { pythonInt, repr, splitWords } from "../python.js";

const DEFAULT_BYTES = 1600;

/** Reads the modifier `-f` or `-N`; null when it is neither. */
function parseModifier(word: string): "follow" | number | null {
  const what = word.slice(1);
  return what === "f" ? "follow" : pythonInt(what);
}

async function fail(ctl: Ctl, message: string): Promise<undefined> {
  await ctl.out(message);
  ctl.exitStatus = CTL_EXIT.general;
}

const READ_FAULTS: Readonly<Record<number, string>> = {
  [FAULTS.NO_FILE]: "no log file",
  [FAULTS.FAILED]: "unknown error reading log",
};

/** Prints what `method` reads, or its fault by the words of the list, under the name given. */
async function printLog(
  ctl: Ctl,
  name: string,
  faults: Readonly<Record<number, string>>,
  method: string,
  params: readonly XmlRpcValue[],
): Promise<void> {
  try {
    await ctl.out(toText(await ctl.call(method, ...params)));
  } catch (error) {
    const words = error instanceof RpcFault ? faults[error.code] : undefined;
    if (words === undefined) throw error;
    await fail(ctl, `${name}: ERROR (${words})`);
  }
}

const tail: Command = {
  completes: "processes",
  help: [
    "tail <name> [stdout|stderr]\tLast 1600 bytes of a process's log (stdout if not said)",
    "tail -<n> <name> [channel]\tLast n bytes",
    "tail -f <name> [channel]\tFollow it until Ctrl-C",
  ],
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    const words = splitWords(argument);
    if (words.length < 1) return ctl.misused("tail", "Error: too few arguments");
    if (words.length > 3) return ctl.misused("tail", "Error: too many arguments");
    const modifier = words[0]?.startsWith("-") === true ? words.shift() : undefined;
    const [name] = words;
    if (name === undefined) return fail(ctl, "Error: tail requires process name");
    const channel = words.length === 1 ? "stdout" : (words.at(-1) ?? "").toLowerCase();
    if (channel !== "stdout" && channel !== "stderr") return fail(ctl, `Error: bad channel ${repr(channel)}`);
    const what = modifier === undefined ? DEFAULT_BYTES : parseModifier(modifier);
    if (what === null) return fail(ctl, `Error: bad argument ${modifier}`);
    if (what === "follow") {
      await follow(ctl, `/logtail/${name}/${channel}`);
      return;
    }
    const method = channel === "stdout" ? "readProcessStdoutLog" : "readProcessStderrLog";
    const faults = { ...READ_FAULTS, [FAULTS.BAD_NAME]: "no such process name" };
    await printLog(ctl, name, faults, method, [name, -what, 0]);
  },
};

const maintail: Command = {
  help: [
    "maintail\t\tLast 1600 bytes of the server's own log",
    "maintail -<n>\t\tLast n bytes",
    "maintail -f\t\tFollow it until Ctrl-C",
  ],
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    const words = splitWords(argument);
    if (words.length > 1) return ctl.misused("maintail", "Error: too many arguments");
    const [modifier] = words;
    const what = modifier === undefined ? DEFAULT_BYTES : modifier.startsWith("-") ? parseModifier(modifier) : null;
    if (what === null) return fail(ctl, `Error: bad argument ${modifier}`);
    if (what === "follow") await follow(ctl, "/mainlogtail");
    else await printLog(ctl, "supervisord", READ_FAULTS, "readLog", [-what, 0]);
  },
};

function clearedLine({ group, name, status }: Omit<ActionResult, "name"> & { readonly name: string | null }): string {
  // `group:*` is not a process here; supervisorctl shows it with Python's word for nothing.
  const shown = formatNamespec(group, name ?? "None");
  if (status === FAULTS.SUCCESS) return `${shown}: cleared`;
  if (status === FAULTS.BAD_NAME) return `${shown}: ERROR (no such process)`;
  if (status === FAULTS.FAILED) return `${shown}: ERROR (failed)`;
  throw new PythonException("ValueError", `Unknown result code ${status} for ${shown}`);
}

const clear: Command = {
  completes: "processes",
  help: ["clear <name> [...]\tEmpty the log files of these processes", "clear all\t\tEmpty those of every process"],
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    const names = splitWords(argument);
    if (names.length === 0) return ctl.misused("clear", "Error: clear requires a process name");
    if (names.includes("all")) {
      for (const result of toList(await ctl.call("clearAllProcessLogs")).map(toActionResult)) {
        await ctl.out(clearedLine(result));
        ctl.note(result.status);
      }
      return;
    }
    for (const given of names) await clearOne(ctl, given);
  },
};

async function clearOne(ctl: Ctl, given: string): Promise<void> {
  const { group, name } = parseNamespec(given);
  let status: number = FAULTS.SUCCESS;
  try {
    await ctl.call("clearProcessLogs", given);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    status = error.code;
  }
  await ctl.out(clearedLine({ group, name, status, description: "" }));
  ctl.note(status);
}

export const LOG_COMMANDS = { tail, maintail, clear } as const;
