// What changes as events of the live stream, cut for each reader to what the reader sees: of the fleet, of history, of operations.
import type * as v1 from "@fleetvisor/proto/api/v1";
import { coveredOperation, type SeenOperation, wholeOperation } from "../access/covered-operation.js";
import { type Cover, coversTarget } from "../access/grants.js";
import { labelsOf, visiblePart } from "../access/visible-fleet.js";
import type { FleetChange, Instance } from "../core/fleet.js";
import type { HistoryEvent } from "../core/history.js";
import type { Operation, OperationTarget } from "../core/operation.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { Store, TargetName } from "../store/store.js";
import type { LiveHub } from "./live-hub.js";
import { PartNumbers } from "./part-numbers.js";
import { historyView, instanceView, operationView, processView, progressView, targetName } from "./views.js";

/** Operations of so many targets are told whole at each change, larger ones by what changed. */
const WHOLE_TARGETS = 50;
/** Targets in one event: thousands that change together would be more than a reader may leave unread. */
const MOST_CHANGED = 200;

export class Publisher {
  readonly #fleet: LiveFleet;
  readonly #hub: LiveHub;
  /** Instances as they were last told of: for one that is gone, and for one whose labels are others now. */
  readonly #told = new Map<string, Instance>();

  readonly #numbers: PartNumbers;
  /** Ends when all of history that was heard so far is told. */
  #historyTold: Promise<void> = Promise.resolve();

  constructor(fleet: LiveFleet, hub: LiveHub, store: Store) {
    this.#fleet = fleet;
    this.#hub = hub;
    this.#numbers = new PartNumbers(store);
  }

  fleet(changes: readonly FleetChange[]): void {
    for (const change of changes) this.#change(change);
  }

  history(events: readonly HistoryEvent[]): void {
    for (const event of events) this.#hub.publish("history", historyView(event));
    if (this.#hub.hasParts)
      this.#historyTold = this.#historyTold.then(() => this.#historyParts(events)).catch(() => {});
  }

  /** Later by a look into the store, which knows what else was committed in the same moment; in order all the same. */
  async #historyParts(events: readonly HistoryEvent[]): Promise<void> {
    const moments = await this.#numbers.momentsOf(events.map(({ id }) => id));
    for (const event of events) {
      const view = historyView(event);
      this.#hub.publishParts("history", (cover) => {
        if (!this.#covers(cover, event)) return null;
        const sees = (target: TargetName) => this.#covers(cover, target);
        return { ...view, id: this.#numbers.numberIn(moments.get(event.id), event.id, sees) };
      });
    }
  }

  /** `changed` are the places of targets that differ since the last time. */
  operation(operation: Operation, changed: readonly number[]): void {
    const whole = wholeOperation(operation);
    if (operation.targets.length <= WHOLE_TARGETS) {
      this.#hub.publish("operation", operationView(whole), (cover) => {
        const part = this.#partOf(operation, cover);
        return part === null ? null : operationView(part);
      });
      return;
    }
    this.#hub.publish("operation-progress", progressView(whole, at(whole, changed)), (cover) => {
      const part = this.#partOf(operation, cover);
      return part === null ? null : progressView(part, at(part, changed));
    });
  }

  #partOf(operation: Operation, cover: Cover): SeenOperation | null {
    return coveredOperation(operation, (target) => this.#covers(cover, target), false);
  }

  #change(change: FleetChange): void {
    const instance = this.#fleet.fleet.instances.get(change.instance);
    if (instance !== undefined && change.type !== "instance") this.#told.set(change.instance, instance);
    switch (change.type) {
      case "instance":
        if (instance !== undefined) this.#instance(instance);
        break;
      case "instance-removed": {
        const gone = this.#told.get(change.instance);
        this.#told.delete(change.instance);
        const view = { name: change.instance };
        this.#hub.publish("instance-removed", view, (cover) => (isShown(gone, cover) ? view : null));
        break;
      }
      case "process": {
        const view = processView(change.instance, change.process, this.#fleet.livenessOf(change.instance));
        const target = { ...change.process, instance: change.instance };
        if (change.before === null) this.#appearing(instance, target);
        this.#hub.publish("process", view, (cover) => (this.#covers(cover, target) ? view : null));
        break;
      }
      case "process-removed": {
        const view = { target: targetName(change.instance, change) };
        this.#hub.publish("process-removed", view, (cover) => (this.#covers(cover, change) ? view : null));
        this.#vanishing(instance, change);
        break;
      }
    }
  }

  #instance(instance: Instance): void {
    const before = this.#told.get(instance.name);
    this.#told.set(instance.name, instance);
    if (before !== undefined && !sameLabels(before, instance)) this.#relabelled(before, instance);
    const view = instanceView(instance, this.#fleet);
    this.#hub.publish("instance", view, (cover) => this.#view(instance, cover, view));
  }

  #view(instance: Instance, cover: Cover, whole: v1.Instance): v1.Instance | null {
    const part = visiblePart(instance, cover);
    if (part === null) return null;
    return part === instance ? whole : instanceView(part, this.#fleet);
  }

  /** Other labels can bring an instance into sight or out of it, or change how much of it is seen. */
  #relabelled(before: Instance, now: Instance): void {
    if (!this.#hub.hasParts) return;
    this.#hub.publishParts("instance-removed", (cover) =>
      isShown(before, cover) && !isShown(now, cover) ? { name: now.name } : null,
    );
    this.#hub.publishParts("reset", (cover) =>
      isShown(now, cover) && now.processes.size > 0 ? { reason: `${now.name} has other labels now` } : null,
    );
  }

  /** With its first covered process an instance is seen that was not. */
  #appearing(instance: Instance | undefined, come: TargetName): void {
    if (instance === undefined || !this.#hub.hasParts) return;
    this.#hub.publishParts("instance", (cover) => {
      const isNews = this.#covers(cover, come) && seenByProcesses(instance, cover);
      const part = isNews ? visiblePart(instance, cover) : null;
      return part === null ? null : instanceView(part, this.#fleet);
    });
  }

  /** With its last covered process an instance is out of sight. */
  #vanishing(instance: Instance | undefined, gone: TargetName): void {
    if (instance === undefined || !this.#hub.hasParts) return;
    this.#hub.publishParts("instance-removed", (cover) =>
      this.#covers(cover, gone) && !isShown(instance, cover) ? { name: instance.name } : null,
    );
  }

  #covers(cover: Cover, { instance, group, name }: TargetName): boolean {
    const labels = labelsOf(this.#fleet.fleet.instances.get(instance));
    return coversTarget(cover, { instance, labels, group, name });
  }
}

/** Of the targets seen those at some places of the whole operation; null when they are too many for an event. */
function at({ targets, places }: SeenOperation, wanted: readonly number[]): OperationTarget[] | null {
  if (places === null && wanted.length > MOST_CHANGED) return null;
  const chosen = new Set(wanted);
  const found = targets.filter((_, index) => chosen.has(places === null ? index : (places[index] ?? -1)));
  return found.length > MOST_CHANGED ? null : found;
}

function isShown(instance: Instance | undefined, cover: Cover): boolean {
  return instance !== undefined && visiblePart(instance, cover) !== null;
}

/** Whether an instance is shown only for what runs on it. */
function seenByProcesses(instance: Instance, cover: Cover): boolean {
  const within = cover.within(instance.name, labelsOf(instance));
  return within !== null && !within.itself;
}

function sameLabels(a: Instance, b: Instance): boolean {
  const words = (instance: Instance) => JSON.stringify(Object.entries(labelsOf(instance) ?? { "": "" }).sort());
  return a.labels === b.labels ? labelsOf(a) === labelsOf(b) : words(a) === words(b);
}
