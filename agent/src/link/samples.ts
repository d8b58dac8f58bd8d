// Samples for the controller: while it is connected, at the period it asks for, and never in the way of anything else.
import type { Samples } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import type { Sampler, Use } from "../run/sampling.js";
import type { Supervisor } from "../run/supervisor.js";

/** The first comes soon, but not from all agents of a fleet at once. */
const FIRST_MS = 1_000;

/** What samples are taken of, and where they go. */
export interface SampleWorld {
  readonly supervisor: Pick<Supervisor, "processes" | "oom" | "clock">;
  readonly sampler: Pick<Sampler, "sample">;
  /** Whether something waits to be sent already: then this sample is left out. */
  isBehind(): boolean;
  send(samples: Samples): void;
}

/** One timer between `start` and `stop`, none before and after. */
export class SampleStream {
  readonly #world: SampleWorld;
  /** Ends the wait for the next. */
  #cancel: (() => void) | null = null;
  #stopped = false;

  constructor(world: SampleWorld) {
    this.#world = world;
  }

  /** Call at most once; 0 is never. */
  start(periodMs: number): void {
    const { clock } = this.#world.supervisor;
    if (periodMs > 0) this.#wait(clock.nowMs() + Math.random() * Math.min(FIRST_MS, periodMs), periodMs);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = null;
  }

  #wait(dueMs: number, periodMs: number): void {
    const { clock } = this.#world.supervisor;
    this.#cancel = clock.at(dueMs, () => {
      this.#cancel = null;
      void this.#take().then(() => {
        // A look that takes long makes the next wait shorter, not the period longer.
        if (!this.#stopped) this.#wait(Math.max(clock.nowMs() + periodMs / 2, dueMs + periodMs), periodMs);
      });
    });
  }

  async #take(): Promise<void> {
    const { supervisor, sampler, isBehind, send } = this.#world;
    supervisor.oom?.refresh();
    if (isBehind()) return;
    const alive = supervisor.processes.filter(({ value }) => value.pid !== 0);
    const use = await sampler.sample(new Set(alive.map(({ value }) => value.pid)));
    if (!this.#stopped && !isBehind()) send(encodeUse(use, supervisor));
  }
}

/** A child that ended while others were looked at is left out: its pid may be another's by now. */
function encodeUse({ monotonicMs, host, groups }: Use, { processes }: Pick<Supervisor, "processes">): Samples {
  const samples: Samples = { monotonicMs, host: host ?? undefined, processes: [] };
  for (const { group, name, value } of processes) {
    const use = value.pid === 0 ? undefined : groups.get(value.pid);
    if (use !== undefined) samples.processes.push({ group, name, pid: value.pid, ...use });
  }
  return samples;
}
