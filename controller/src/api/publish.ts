// Changes of the live fleet as events of the live stream.
import type { FleetChange } from "../core/fleet.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { LiveHub } from "./live-hub.js";
import { instanceView, processView, targetName } from "./views.js";

/** A listener for the fleet's changes that publishes each. */
export function publishFleet(fleet: LiveFleet, hub: LiveHub): (changes: readonly FleetChange[]) => void {
  return (changes) => {
    for (const change of changes) publish(change, fleet, hub);
  };
}

function publish(change: FleetChange, fleet: LiveFleet, hub: LiveHub): void {
  switch (change.type) {
    case "instance": {
      const instance = fleet.fleet.instances.get(change.instance);
      if (instance !== undefined) hub.publish("instance", instanceView(instance, fleet));
      break;
    }
    case "instance-removed":
      hub.publish("instance-removed", { name: change.instance });
      break;
    case "process":
      hub.publish("process", processView(change.instance, change.process, fleet.livenessOf(change.instance)));
      break;
    case "process-removed":
      hub.publish("process-removed", { target: targetName(change.instance, change) });
      break;
  }
}
