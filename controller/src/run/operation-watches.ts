// What operations look at in the live fleet: how an instance stands now, and which of them watch something on it.
import type { Look } from "../core/operation-watch.js";
import { processKey } from "../core/rows.js";
import type { LiveFleet } from "./live-fleet.js";
import type { OperationJob } from "./operation-job.js";
import type { SteadyClock } from "./steady-clock.js";

export class OperationWatches {
  readonly #fleet: LiveFleet;
  readonly #clock: SteadyClock;
  /** Jobs with watched targets, by instance. */
  readonly #jobs = new Map<string, Set<OperationJob>>();

  constructor(fleet: LiveFleet, clock: SteadyClock) {
    this.#fleet = fleet;
    this.#clock = clock;
  }

  /** As the instance was last shown; nothing of it is present while its agent is not heard. */
  look(name: string): Look {
    const instance = this.#fleet.fleet.instances.get(name);
    const contact = this.#fleet.contact(name)?.contact;
    const isHeard = contact?.liveness === "live" && contact.brokenMs === null;
    return {
      heardAtMs: contact === undefined ? 0 : this.#clock.at(contact.heardMs),
      present: isHeard && instance !== undefined && instance.bootId !== null && !instance.awaitingSnapshot,
      bootId: instance?.bootId ?? null,
      mood: instance?.supervisor?.mood ?? null,
      process: (group, process) => instance?.processes.get(processKey(group, process)),
    };
  }

  /** The target at that place is watched from now on. */
  add(job: OperationJob, place: number): void {
    const instance = job.operation.targets[place]?.instance;
    if (instance === undefined) return;
    const jobs = this.#jobs.get(instance);
    if (jobs === undefined) this.#jobs.set(instance, new Set([job]));
    else jobs.add(job);
  }

  /** Shows each of the instances, as it is now, to every job that watches something on it; `isWatching` tells whether one still does. */
  show(
    instances: Iterable<string>,
    take: (job: OperationJob, instance: string, look: Look) => void,
    isWatching: (job: OperationJob, instance: string) => boolean,
  ): void {
    if (this.#jobs.size === 0) return;
    for (const instance of new Set(instances)) {
      const jobs = this.#jobs.get(instance);
      if (jobs === undefined) continue;
      const look = this.look(instance);
      for (const job of [...jobs]) {
        take(job, instance, look);
        if (!isWatching(job, instance)) jobs.delete(job);
      }
      if (jobs.size === 0) this.#jobs.delete(instance);
    }
  }
}
