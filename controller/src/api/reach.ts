// How far one caller's grants reach: the fleet as it is for the caller. Routes look things up here and nowhere else, so that what is
// hidden and what is not there are one and the same.
import { ACCESS_VERB_NAMES, type AccessVerb, phraseOf } from "@fleetvisor/proto/vocabulary/access";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import type { Actor } from "../access/actor.js";
import { coveredOperation, type SeenOperation, wholeOperation } from "../access/covered-operation.js";
import { type AccessTarget, type Cover, coversTarget } from "../access/grants.js";
import { coverFor } from "../access/known-grants.js";
import { labelsOf, visibleFleet, visiblePart } from "../access/visible-fleet.js";
import type { Fleet, Instance } from "../core/fleet.js";
import type { Located } from "../core/listing.js";
import type { Operation } from "../core/operation.js";
import { processKey } from "../core/rows.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { TargetName } from "../store/store.js";

/** Targets that a refusal spells out. */
const NAMED = 3;

export class Reach {
  readonly actor: Actor;
  /** What the caller may see. */
  readonly cover: Cover;
  readonly #live: LiveFleet;

  constructor(actor: Actor, live: LiveFleet) {
    this.actor = actor;
    this.cover = coverFor(actor.grants, "read");
    this.#live = live;
  }

  /** The fleet as far as it is the caller's. */
  get fleet(): Fleet {
    return visibleFleet(this.#live.fleet, this.cover);
  }

  /** Throws `not-found`. */
  instance(name: string): Instance {
    const instance = this.#live.fleet.instances.get(name);
    const part = instance === undefined ? null : visiblePart(instance, this.cover);
    if (part === null) throw new FleetError("not-found", `there is no instance ${name}`);
    return part;
  }

  /** Throws `not-found`. */
  process(instanceName: string, group: string, name: string): Located {
    const instance = this.instance(instanceName);
    const process = instance.processes.get(processKey(group, name));
    if (process === undefined || process.group !== group || process.name !== name) {
      throw new FleetError("not-found", `${instance.name} has no process ${group}:${name}`);
    }
    return { instance, process };
  }

  /** Whether the verb may be done to whatever there is. */
  everywhere(verb: AccessVerb): boolean {
    return coverFor(this.actor.grants, verb).everything;
  }

  may(verb: AccessVerb, { instance, group, name }: TargetName): boolean {
    return coversTarget(coverFor(this.actor.grants, verb), this.#target(instance, group, name));
  }

  /** Everything that may be done to it besides seeing it. */
  verbsFor(target: TargetName): AccessVerb[] {
    return ACCESS_VERB_NAMES.filter((verb) => verb !== "read" && (this.everywhere(verb) || this.may(verb, target)));
  }

  /** Whether history of it may be seen; it may be gone. */
  sees({ instance, group, name }: TargetName): boolean {
    return coversTarget(this.cover, this.#target(instance, group, name));
  }

  /** Throws `forbidden` naming the targets, all of which the caller sees, to which the verb may not be done. */
  require(verb: AccessVerb, targets: readonly TargetName[]): void {
    if (this.everywhere(verb)) return;
    const beyond = targets.filter((target) => !this.may(verb, target));
    if (beyond.length === 0) return;
    const named = beyond.slice(0, NAMED).map(({ instance, group, name }) => {
      return group === null || name === null ? instance : formatTarget(instance, group, name);
    });
    const more = beyond.length > NAMED ? ` and ${beyond.length - NAMED} more` : "";
    throw new FleetError("forbidden", `${this.actor.user} may not ${phraseOf(verb)} ${named.join(", ")}${more}`);
  }

  /** The operation as far as it is the caller's to know; null when no part is. */
  operation(operation: Operation): SeenOperation | null {
    if (this.cover.everything) return wholeOperation(operation);
    return coveredOperation(operation, (target) => this.sees(target), operation.user === this.actor.user);
  }

  #target(instance: string, group: string | null, name: string | null): AccessTarget {
    return { instance, labels: labelsOf(this.#live.fleet.instances.get(instance)), group, name };
  }
}
