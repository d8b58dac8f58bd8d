// `avail`, `reread`, `add`, `remove`, `update`: bring a changed config into effect (supervisor-compat.md 7.5, 7.9).
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { toActionResult, toConfigChanges, toConfigInfo, toList, toProcessInfo } from "../answers.js";
import type { Command, Ctl } from "../ctl.js";
import { RpcFault } from "../errors.js";
import { CTL_EXIT } from "../exit.js";
import { padded, splitWords } from "../python.js";

/** The fault's number, or null for anything else that was thrown. */
function faultCode(error: unknown): number | null {
  return error instanceof RpcFault ? error.code : null;
}

const avail: Command = {
  help: ["avail\t\t\tEvery configured process, in use or not"],
  async run(ctl, argument) {
    if (argument !== "") return ctl.misused("avail", "Error: avail accepts no arguments");
    try {
      for (const info of toList(await ctl.call("getAllConfigInfo")).map(toConfigInfo)) {
        const name = padded(formatNamespec(info.group, info.name), 32);
        const use = padded(info.inUse ? "in use" : "avail", 9);
        const autostart = padded(info.autostart ? "auto" : "manual", 9);
        await ctl.out(`${name} ${use} ${autostart} ${info.priority}`);
      }
    } catch (error) {
      ctl.exitStatus = CTL_EXIT.general;
      if (faultCode(error) !== FAULTS.SHUTDOWN_STATE) throw error;
      await ctl.out("ERROR: supervisor shutting down");
    }
  },
};

const reread: Command = {
  help: ["reread\t\t\tRead the config anew and say what changed, without touching a process"],
  async run(ctl, argument) {
    if (argument !== "") return ctl.misused("reread", "Error: reread accepts no arguments");
    try {
      const { added, changed, removed } = toConfigChanges(await ctl.call("reloadConfig"));
      const words = new Map([
        ...added.map((name) => [name, "available"] as const),
        ...changed.map((name) => [name, "changed"] as const),
        ...removed.map((name) => [name, "disappeared"] as const),
      ]);
      if (words.size === 0) await ctl.out("No config updates to processes");
      for (const name of [...words.keys()].sort()) await ctl.out(`${name}: ${words.get(name)}`);
    } catch (error) {
      ctl.exitStatus = CTL_EXIT.general;
      if (faultCode(error) === FAULTS.SHUTDOWN_STATE) await ctl.out("ERROR: supervisor shutting down");
      else if (error instanceof RpcFault && error.code === FAULTS.CANT_REREAD) await ctl.out(`ERROR: ${error.text}`);
      else throw error;
    }
  },
};

const add: Command = {
  completes: "groups",
  help: ["add <group> [...]\tBring groups of the config into use"],
  async run(ctl, argument) {
    for (const name of splitWords(argument)) {
      try {
        await ctl.call("addProcessGroup", name);
        await ctl.out(`${name}: added process group`);
      } catch (error) {
        if (faultCode(error) === FAULTS.ALREADY_ADDED) {
          await ctl.out("ERROR: process group already active");
          continue;
        }
        ctl.exitStatus = CTL_EXIT.general;
        if (faultCode(error) === FAULTS.SHUTDOWN_STATE) await ctl.out("ERROR: shutting down");
        else if (faultCode(error) === FAULTS.BAD_NAME) await ctl.out(`ERROR: no such process/group: ${name}`);
        else throw error;
      }
    }
  },
};

const remove: Command = {
  completes: "groups",
  help: ["remove <group> [...]\tTake stopped groups out of use"],
  async run(ctl, argument) {
    for (const name of splitWords(argument)) {
      try {
        await ctl.call("removeProcessGroup", name);
        await ctl.out(`${name}: removed process group`);
      } catch (error) {
        ctl.exitStatus = CTL_EXIT.general;
        if (faultCode(error) === FAULTS.STILL_RUNNING) await ctl.out(`ERROR: process/group still running: ${name}`);
        else if (faultCode(error) === FAULTS.BAD_NAME) await ctl.out(`ERROR: no such process/group: ${name}`);
        else throw error;
      }
    }
  },
};

/** Says which of the groups named do not exist; known are those in use and those that the config adds. */
async function tellUnknownGroups(ctl: Ctl, named: ReadonlySet<string>, added: readonly string[]): Promise<void> {
  const inUse = toList(await ctl.call("getAllProcessInfo")).map((value) => toProcessInfo(value).group);
  const known = new Set([...inUse, ...added]);
  for (const name of named) {
    if (known.has(name)) continue;
    await ctl.out(`ERROR: no such group: ${name}`);
    ctl.exitStatus = CTL_EXIT.general;
  }
}

const update: Command = {
  completes: "groups",
  help: [
    "update\t\t\tRead the config anew; add, remove and restart groups to match it",
    "update all\t\tThe same",
    "update <group> [...]\tThe same for these groups alone",
  ],
  async run(ctl, argument) {
    let changes: ReturnType<typeof toConfigChanges>;
    try {
      changes = toConfigChanges(await ctl.call("reloadConfig"));
    } catch (error) {
      ctl.exitStatus = CTL_EXIT.general;
      if (faultCode(error) !== FAULTS.SHUTDOWN_STATE) throw error;
      await ctl.out("ERROR: already shutting down");
      return;
    }
    const words = splitWords(argument);
    const named = new Set(words.includes("all") ? [] : words);
    if (named.size > 0) await tellUnknownGroups(ctl, named, changes.added);
    const chosen = (names: readonly string[]) => names.filter((name) => named.size === 0 || named.has(name));

    for (const group of chosen(changes.removed)) {
      const results = toList(await ctl.call("stopProcessGroup", group)).map(toActionResult);
      await ctl.out(`${group}: stopped`);
      if (results.some(({ status }) => status === FAULTS.FAILED)) {
        await ctl.out(`${group}: has problems; not removing`);
        ctl.exitStatus = CTL_EXIT.general;
        continue;
      }
      await ctl.call("removeProcessGroup", group);
      await ctl.out(`${group}: removed process group`);
    }
    for (const group of chosen(changes.changed)) {
      await ctl.call("stopProcessGroup", group);
      await ctl.out(`${group}: stopped`);
      await ctl.call("removeProcessGroup", group);
      await ctl.call("addProcessGroup", group);
      await ctl.out(`${group}: updated process group`);
    }
    for (const group of chosen(changes.added)) {
      await ctl.call("addProcessGroup", group);
      await ctl.out(`${group}: added process group`);
    }
  },
};

export const CONFIG_COMMANDS = { avail, reread, add, remove, update } as const;
