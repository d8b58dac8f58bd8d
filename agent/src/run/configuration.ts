// Bringing a changed configuration into effect: what is other than what runs, adding and removing groups, and all of it at once. The
// XML-RPC calls and the controller's orders come through here.
import { FAULTS, Fault } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { type ConfigDiff, diffConfig } from "../core/config-diff.js";
import { allStopped, forEach, stopProcess, stoppable } from "./control.js";
import type { GroupSpec } from "./spec.js";
import type { Supervisor } from "./supervisor.js";

/** The configuration that a daemon was given. */
export interface Configuration {
  /** Its groups as last read. */
  configured(): readonly GroupSpec[];
  /** Reads it again. Throws Fault CANT_REREAD and keeps the old one when it is bad. */
  reread(): void;
}

/** Reads the configuration again and tells what differs from what runs; changes nothing. Fault CANT_REREAD. */
export function rereadConfig(supervisor: Supervisor, configuration: Configuration): ConfigDiff {
  configuration.reread();
  // Of a shared socket supervisord compares the address alone.
  const digest = (spec: GroupSpec) => ({
    name: spec.name,
    digest: JSON.stringify({ ...spec, socket: spec.socket?.url ?? null }),
  });
  const active = supervisor.groups.map((group) => digest(group.spec));
  return diffConfig(active, configuration.configured().map(digest));
}

/** Takes a group in and starts its autostart programs. Faults ALREADY_ADDED, BAD_NAME. */
export function addGroup(
  supervisor: Supervisor,
  configuration: Configuration,
  name: string,
  orderId: string | null = null,
): void {
  if (supervisor.group(name) !== null) throw new Fault("ALREADY_ADDED", name);
  const spec = configuration.configured().find((group) => group.name === name);
  if (spec === undefined) throw new Fault("BAD_NAME", name);
  supervisor.startAutomatic([supervisor.addGroup(spec)], () => false, orderId);
}

/** Lets a stopped group go. Faults BAD_NAME, STILL_RUNNING. */
export function removeGroup(supervisor: Supervisor, name: string): void {
  const group = supervisor.group(name);
  if (group === null) throw new Fault("BAD_NAME", name);
  if (!allStopped(group.processes)) throw new Fault("STILL_RUNNING", name);
  supervisor.removeGroup(group);
}

/**
 * Reads the configuration again and adds, changes and removes groups to match it, or only those of `names` where there are any, in the
 * order in which `supervisorctl update` does. Tells what it did; a group that fails does not keep the others from it. Faults CANT_REREAD,
 * BAD_NAME for a name that is in neither configuration, FAILED with what did not work.
 */
export async function updateGroups(
  supervisor: Supervisor,
  configuration: Configuration,
  names: readonly string[],
  orderId: string | null = null,
): Promise<string> {
  const diff = rereadConfig(supervisor, configuration);
  const unknown = names.filter((name) => supervisor.group(name) === null && !diff.added.includes(name));
  if (unknown.length > 0) throw new Fault("BAD_NAME", unknown.join(", "));
  const chosen = (groups: readonly string[]) => groups.filter((name) => names.length === 0 || names.includes(name));
  const failures: string[] = [];
  const done = async (groups: readonly string[], act: (name: string) => Promise<void> | void) => {
    const worked: string[] = [];
    for (const name of chosen(groups)) {
      try {
        await act(name);
        worked.push(name);
      } catch (error) {
        failures.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return worked;
  };
  const removed = await done(diff.removed, async (name) => {
    await stopGroup(supervisor, name, orderId);
    removeGroup(supervisor, name);
  });
  const changed = await done(diff.changed, async (name) => {
    await stopGroup(supervisor, name, orderId);
    removeGroup(supervisor, name);
    addGroup(supervisor, configuration, name, orderId);
  });
  const added = await done(diff.added, (name) => addGroup(supervisor, configuration, name, orderId));
  const told = [
    ...(removed.length > 0 ? [`removed ${removed.join(", ")}`] : []),
    ...(changed.length > 0 ? [`changed ${changed.join(", ")}`] : []),
    ...(added.length > 0 ? [`added ${added.join(", ")}`] : []),
  ].join("; ");
  if (failures.length > 0) throw new Fault("FAILED", [...(told === "" ? [] : [told]), ...failures].join("; "));
  return told === "" ? "nothing has changed" : told;
}

async function stopGroup(supervisor: Supervisor, name: string, orderId: string | null): Promise<void> {
  const running = stoppable(supervisor.group(name)?.processes ?? []);
  const outcomes = await forEach(running, (process) =>
    stopProcess(supervisor, process, formatNamespec(process.group, process.name), { wait: true, orderId }),
  );
  // What is in the middle of a stop already is waited for as well.
  await Promise.all((supervisor.group(name)?.processes ?? []).map((process) => supervisor.whenStopped(process)));
  // One that ended by itself meanwhile is as stopped as any.
  const failed = outcomes.find(({ code }) => code === FAULTS.FAILED);
  if (failed !== undefined) throw new Fault("FAILED", failed.description);
}
