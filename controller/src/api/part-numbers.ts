// Numbers of history events for who sees a part of history: made of the time of commit and the place among what is seen of that
// millisecond, so that they rise as ids do and tell nothing of how many others lie between. Cursors are such numbers too.
import type { Moment, Store, TargetName } from "../store/store.js";

/** Places in one millisecond; times it, today's milliseconds stay exact in a number until 2039. */
const PLACES = 4_096;

type Sees = (target: TargetName) => boolean;

export class PartNumbers {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** What is needed to number events, wherever they are seen: each id with its moment up to it. */
  async momentsOf(ids: readonly number[]): Promise<ReadonlyMap<number, Moment>> {
    const moments = new Map<number, Moment>();
    let last: Moment | null = null;
    for (const id of [...ids].sort((a, b) => b - a)) {
      if (last === null || !last.events.some((event) => event.id === id)) last = await this.#store.momentBefore(id + 1);
      if (last !== null) moments.set(id, last);
    }
    return moments;
  }

  /** The number of an event, with its moment or a longer one. */
  numberIn(moment: Moment | undefined, id: number, sees: Sees): number {
    if (moment === undefined) return 0;
    return moment.atMs * PLACES + placeOf(moment, id, sees);
  }

  /** A cursor for everything below an id. */
  async cursorOf(beforeId: number, sees: Sees): Promise<number> {
    const moment = await this.#store.momentBefore(beforeId);
    return moment === null ? 0 : moment.atMs * PLACES + placeOf(moment, beforeId, sees);
  }

  /** The id below which a cursor goes on; null for the newest. */
  async idOf(cursor: number, sees: Sees): Promise<number | null> {
    const [atMs, place] = [Math.floor(cursor / PLACES), cursor % PLACES];
    const behind = await this.#store.firstIdSince(atMs + 1);
    const moment = await this.#store.momentBefore(behind ?? Number.MAX_SAFE_INTEGER);
    const seen = moment?.atMs === atMs ? moment.events.filter(sees) : [];
    return seen[place]?.id ?? behind;
  }
}

function placeOf(moment: Moment, id: number, sees: Sees): number {
  const before = moment.events.filter((event) => event.id < id && sees(event)).length;
  return Math.min(before, PLACES - 1);
}
