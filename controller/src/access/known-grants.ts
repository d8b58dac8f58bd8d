// Grants as they were read last, so that a request costs no parsing: the store is asked each time, its words are looked up here.
import type { AccessVerb } from "@fleetvisor/proto/vocabulary/access";
import type { GrantRecord } from "../store/records.js";
import { type Cover, covering, type Grants, readGrants } from "./grants.js";

const MOST = 1_000;

export class KnownGrants {
  /** In the order of their last use. */
  readonly #known = new Map<string, Grants<GrantRecord>>();

  /** The same value for the same records. */
  of(records: readonly GrantRecord[]): Grants<GrantRecord> {
    const words = JSON.stringify(records);
    const grants = this.#known.get(words) ?? readGrants(records);
    this.#known.delete(words);
    this.#known.set(words, grants);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= MOST) break;
      this.#known.delete(oldest);
    }
    return grants;
  }
}

const covers = new WeakMap<Grants, Map<AccessVerb, Cover>>();

/** As `covering`, and the same value each time. */
export function coverFor(grants: Grants, verb: AccessVerb): Cover {
  const known = covers.get(grants) ?? new Map<AccessVerb, Cover>();
  covers.set(grants, known);
  const cover = known.get(verb) ?? covering(grants, verb);
  known.set(verb, cover);
  return cover;
}
