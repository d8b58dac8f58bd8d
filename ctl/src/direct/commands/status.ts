// `status`, `pid`, `version`: what the server says of itself and its processes (supervisor-compat.md 7.5).
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec, parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { isProcessState, STOPPED_STATES } from "@fleetvisor/proto/vocabulary/states";
import { type ProcessInfo, toList, toProcessInfo, toText } from "../answers.js";
import type { Command, Ctl } from "../ctl.js";
import { RpcFault } from "../errors.js";
import { CTL_EXIT, STATUS_EXIT } from "../exit.js";
import { padded, splitWords } from "../python.js";

/** The lines of a status listing: name, state, description in columns. */
function statusLines(infos: readonly ProcessInfo[]): string[] {
  const names = infos.map(({ group, name }) => formatNamespec(group, name));
  const width = Math.max(30, ...names.map((name) => [...name].length)) + 3;
  return infos.map(
    ({ stateName, description }, index) => padded(names[index] ?? "", width) + padded(stateName, 10) + description,
  );
}

/** Processes that `name` means, which may be `group:*`. */
function matching(infos: readonly ProcessInfo[], name: string): ProcessInfo[] {
  const spec = parseNamespec(name);
  return infos.filter((info) => info.group === spec.group && (spec.name === null || info.name === spec.name));
}

export async function showStatus(ctl: Ctl, argument: string): Promise<undefined> {
  if (!(await ctl.isUp())) {
    ctl.exitStatus = STATUS_EXIT.unknown;
    return;
  }
  const all = toList(await ctl.call("getAllProcessInfo")).map(toProcessInfo);
  const names = splitWords(argument);
  let listed: ProcessInfo[] = [];
  if (names.length === 0 || names.includes("all")) {
    listed = all;
  } else {
    for (const name of names) {
      const found = matching(all, name);
      listed.push(...found);
      if (found.length > 0) continue;
      const spec = parseNamespec(name);
      await ctl.out(spec.name === null ? `${spec.group}: ERROR (no such group)` : `${name}: ERROR (no such process)`);
      ctl.exitStatus = STATUS_EXIT.unknown;
    }
  }
  if (listed.length > 0) await ctl.out(statusLines(listed).join("\n"));
  if (listed.some(({ stateName }) => isProcessState(stateName) && STOPPED_STATES.has(stateName))) {
    ctl.exitStatus = STATUS_EXIT.notRunning;
  }
}

const status: Command = {
  completes: "processes",
  help: [
    "status\t\t\tEvery process with its state",
    "status <name> [...]\tThese processes",
    "status <group>:*\tEvery process of a group",
  ],
  run: showStatus,
};

const pid: Command = {
  completes: "processes",
  help: [
    "pid\t\t\tProcess id of the server itself",
    "pid <name> [...]\tProcess id of each, 0 when there is none",
    "pid all\t\t\tProcess id of every process, one a line",
  ],
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    const names = splitWords(argument);
    if (names.length === 0) {
      await ctl.out(toText(await ctl.call("getPID")));
    } else if (names.includes("all")) {
      for (const info of toList(await ctl.call("getAllProcessInfo")).map(toProcessInfo)) await ctl.out(`${info.pid}`);
    } else {
      for (const name of names) await showPid(ctl, name);
    }
  },
};

async function showPid(ctl: Ctl, name: string): Promise<void> {
  try {
    const info = toProcessInfo(await ctl.call("getProcessInfo", name));
    await ctl.out(`${info.pid}`);
    if (info.pid === 0) ctl.exitStatus = CTL_EXIT.notRunning;
  } catch (error) {
    ctl.exitStatus = CTL_EXIT.general;
    if (!(error instanceof RpcFault) || error.code !== FAULTS.BAD_NAME) throw error;
    await ctl.out(`No such process ${name}`);
  }
}

const version: Command = {
  help: ["version\t\t\tVersion of the server's package"],
  async run(ctl, argument) {
    if (argument !== "") return ctl.misused("version", "Error: version accepts no arguments");
    if (await ctl.isUp()) await ctl.out(toText(await ctl.call("getSupervisorVersion")));
  },
};

export const STATUS_COMMANDS = { status, pid, version } as const;
