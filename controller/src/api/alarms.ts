// What is wrong with the controller itself, or with who speaks for an instance, as far as the caller may know.
import type { Alarm } from "@fleetvisor/proto/api/v1";
import type { Fleet } from "../core/fleet.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { Store } from "../store/store.js";

/** `visible` is the caller's part of the fleet; who does not see everything is spared the insides of the store. */
export function alarmsOf(
  { store, fleet: live }: { readonly store: Pick<Store, "trouble" | "troubleSinceMs">; readonly fleet: LiveFleet },
  visible: Fleet,
  seesEverything: boolean,
): Alarm[] {
  const alarms: Alarm[] = [];
  const { trouble, troubleSinceMs } = store;
  if (trouble !== null) {
    const message = `the history store is in trouble: ${seesEverything ? trouble : "the log of the controller says why"}`;
    alarms.push({ kind: "store", message, sinceMs: troubleSinceMs ?? 0, instance: null });
  }
  for (const { instance, message, sinceMs } of live.warnings()) {
    if (visible.instances.has(instance)) alarms.push({ kind: "identity", message, sinceMs, instance });
  }
  return alarms;
}
