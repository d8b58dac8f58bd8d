// `start`, `stop`, `restart`, `signal`: change processes, a result line each (supervisor-compat.md 7.5, 7.6).
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec, parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { type ActionResult, toActionResult, toList } from "../answers.js";
import type { Command, Ctl } from "../ctl.js";
import { PythonException, RpcFault } from "../errors.js";
import { CTL_EXIT } from "../exit.js";
import { splitWords } from "../python.js";

/** One way to change processes: its methods and words, the fault that is no failure, the status of an unknown group. */
interface Change {
  readonly method: { readonly one: string; readonly group: string; readonly all: string };
  readonly done: string;
  readonly faults: Readonly<Record<number, string>>;
  readonly harmless: number | null;
  readonly unknownGroup: number;
  /** Whether FAILED is shown by its own text (`stop`, `signal`) instead of being unexpected. */
  readonly tellsFailure: boolean;
}

const STOP_FAULTS = {
  [FAULTS.BAD_NAME]: "no such process",
  [FAULTS.BAD_SIGNAL]: "bad signal name",
  [FAULTS.NOT_RUNNING]: "not running",
} as const;

const START: Change = {
  method: { one: "startProcess", group: "startProcessGroup", all: "startAllProcesses" },
  done: "started",
  faults: {
    [FAULTS.BAD_NAME]: "no such process",
    [FAULTS.NO_FILE]: "no such file",
    [FAULTS.NOT_EXECUTABLE]: "file is not executable",
    [FAULTS.ALREADY_STARTED]: "already started",
    [FAULTS.SPAWN_ERROR]: "spawn error",
    [FAULTS.ABNORMAL_TERMINATION]: "abnormal termination",
  },
  harmless: FAULTS.ALREADY_STARTED,
  unknownGroup: CTL_EXIT.badUsage,
  tellsFailure: false,
};

const STOP: Change = {
  method: { one: "stopProcess", group: "stopProcessGroup", all: "stopAllProcesses" },
  done: "stopped",
  faults: STOP_FAULTS,
  harmless: FAULTS.NOT_RUNNING,
  unknownGroup: CTL_EXIT.general,
  tellsFailure: true,
};

const SIGNAL: Change = {
  method: { one: "signalProcess", group: "signalProcessGroup", all: "signalAllProcesses" },
  done: "signalled",
  faults: STOP_FAULTS,
  harmless: null,
  unknownGroup: CTL_EXIT.general,
  tellsFailure: true,
};

/** `web:api: started`, `web:api: ERROR (spawn error)`; a fault that the change cannot have is an error of its own. */
function resultLine(change: Change, result: ActionResult): string {
  const name = formatNamespec(result.group, result.name);
  if (result.status === FAULTS.SUCCESS) return `${name}: ${change.done}`;
  const words = change.faults[result.status];
  if (words !== undefined) return `${name}: ERROR (${words})`;
  if (change.tellsFailure && result.status === FAULTS.FAILED) return result.description;
  throw new PythonException("ValueError", `Unknown result code ${result.status} for ${name}`);
}

async function tell(ctl: Ctl, change: Change, results: readonly ActionResult[]): Promise<void> {
  for (const result of results) {
    await ctl.out(resultLine(change, result));
    ctl.note(result.status, change.harmless);
  }
}

async function changeOne(ctl: Ctl, change: Change, given: string, extra: readonly XmlRpcValue[]): Promise<void> {
  const { group, name } = parseNamespec(given);
  if (name === null) {
    try {
      await tell(ctl, change, toList(await ctl.call(change.method.group, group, ...extra)).map(toActionResult));
    } catch (error) {
      if (!(error instanceof RpcFault) || error.code !== FAULTS.BAD_NAME) throw error;
      ctl.exitStatus = change.unknownGroup;
      await ctl.out(`${group}: ERROR (no such group)`);
    }
    return;
  }
  let result: ActionResult = { group, name, status: FAULTS.SUCCESS, description: "OK" };
  try {
    await ctl.call(change.method.one, given, ...extra);
  } catch (error) {
    if (!(error instanceof RpcFault)) throw error;
    result = { group, name, status: error.code, description: error.text };
  }
  await tell(ctl, change, [result]);
}

async function changeAll(
  ctl: Ctl,
  change: Change,
  names: readonly string[],
  ...extra: readonly XmlRpcValue[]
): Promise<void> {
  if (names.includes("all")) {
    await tell(ctl, change, toList(await ctl.call(change.method.all, ...extra)).map(toActionResult));
    return;
  }
  for (const name of names) await changeOne(ctl, change, name, extra);
}

function helpFor(word: string, what: string): string[] {
  return [
    `${word} <name> [...]\t\t${what} these processes`,
    `${word} <group>:*\t\t${what} every process of a group`,
    `${word} all\t\t${what} every process`,
  ];
}

const start: Command = {
  completes: "processes",
  help: helpFor("start", "Start"),
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    const names = splitWords(argument);
    if (names.length === 0) return ctl.misused("start", "Error: start requires a process name", CTL_EXIT.badUsage);
    await changeAll(ctl, START, names);
  },
};

const stop: Command = {
  completes: "processes",
  help: helpFor("stop", "Stop"),
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    const names = splitWords(argument);
    if (names.length === 0) return ctl.misused("stop", "Error: stop requires a process name");
    await changeAll(ctl, STOP, names);
  },
};

const restart: Command = {
  completes: "processes",
  help: [...helpFor("restart", "Stop and start"), "The config is not read anew: see reread and update."],
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    if (argument === "") return ctl.misused("restart", "Error: restart requires a process name");
    await stop.run(ctl, argument);
    await start.run(ctl, argument);
  },
};

const signal: Command = {
  completes: "processes",
  help: helpFor("signal <signal>", "Send a signal to"),
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    const [name, ...names] = splitWords(argument);
    if (name === undefined || names.length === 0) {
      return ctl.misused("signal", "Error: signal requires a signal name and a process name");
    }
    await changeAll(ctl, SIGNAL, names, name);
  },
};

export const CHANGE_COMMANDS = { start, stop, restart, signal } as const;
