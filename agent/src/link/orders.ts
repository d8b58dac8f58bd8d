// Orders of the controller: each id is done at most once, its result remembered for a controller that asks again.
import { type Order, type OrderResult, type TargetResult, Verb } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { signalNumber } from "../config/signals.js";
import { type ControlOptions, restartProcess, signalProcess, startProcess, stopProcess } from "../run/control.js";
import type { ManagedProcess } from "../run/managed-process.js";
import type { Supervisor } from "../run/supervisor.js";
import { encodeResult } from "./encode.js";

/** Results kept for repeats; an order older than this many others is long past its deadline. */
const REMEMBERED = 1000;

interface Target {
  readonly group: string;
  readonly name: string;
  readonly process: ManagedProcess | null;
}

export class Orders {
  readonly #supervisor: Supervisor;
  readonly #answer: (result: OrderResult) => void;
  /** Results by order id; null while the order is being done. */
  readonly #known = new Map<string, OrderResult | null>();
  #epoch = 0;

  /** `answer` sends a result over whatever connection there is now; one that cannot be sent is asked for again. */
  constructor(supervisor: Supervisor, answer: (result: OrderResult) => void) {
    this.#supervisor = supervisor;
    this.#answer = answer;
  }

  /** The highest that was seen; 0 for none. */
  get epoch(): number {
    return this.#epoch;
  }

  /** Orders of an older session than the newest seen are not obeyed. */
  raiseEpoch(epoch: number): void {
    this.#epoch = Math.max(this.#epoch, epoch);
  }

  /** Takes an order in: does it, or answers a repeat with what became of it. Never throws. */
  take(order: Order): void {
    if (this.#known.has(order.id)) {
      const known = this.#known.get(order.id);
      // One that is still being done answers when it is done.
      if (known) this.#answer(known);
      return;
    }
    if (order.epoch < this.#epoch) return;
    this.#remember(order.id, null);
    void this.#perform(order).then((targets) => {
      const result: OrderResult = { orderId: order.id, targets };
      this.#remember(order.id, result);
      this.#answer(result);
    });
  }

  #remember(id: string, result: OrderResult | null): void {
    this.#known.set(id, result);
    if (this.#known.size <= REMEMBERED) return;
    for (const [oldest, known] of this.#known) {
      if (known === null) continue;
      this.#known.delete(oldest);
      return;
    }
  }

  async #perform(order: Order): Promise<TargetResult[]> {
    const options: ControlOptions = { wait: order.wait, orderId: order.id };
    return Promise.all(
      this.#targets(order).map(async ({ group, name, process }) => {
        try {
          if (process === null) throw new Fault("BAD_NAME", formatNamespec(group, name));
          if (this.#supervisor.mood !== "RUNNING") throw new Fault("SHUTDOWN_STATE");
          await within(order.timeoutMs, this.#act(order, process, options), () => unfinished(order, process));
          return encodeResult(group, name, null);
        } catch (error) {
          return encodeResult(group, name, error);
        }
      }),
    );
  }

  /** Those that are here in supervisord's order, by the priorities of groups and processes, the other way round for a stop. */
  #targets(order: Order): Target[] {
    const here = this.#supervisor.processes.map((process): Target => ({ ...processName(process), process }));
    if (order.verb === Verb.STOP) here.reverse();
    if (order.targets.length === 0) return here;
    const wanted = new Map(order.targets.map(({ group, name }) => [formatNamespec(group, name), { group, name }]));
    const targets = here.filter(({ group, name }) => wanted.delete(formatNamespec(group, name)));
    return [...targets, ...[...wanted.values()].map((name): Target => ({ ...name, process: null }))];
  }

  async #act(order: Order, process: ManagedProcess, options: ControlOptions): Promise<void> {
    const name = formatNamespec(process.group, process.name);
    switch (order.verb) {
      case Verb.START:
        return startProcess(this.#supervisor, process, name, options);
      case Verb.STOP:
        return stopProcess(this.#supervisor, process, name, options);
      case Verb.RESTART:
        return restartProcess(this.#supervisor, process, name, options);
      case Verb.SIGNAL:
        return signalProcess(process, name, parseSignal(order.signal));
      default:
        throw new Fault("UNKNOWN_METHOD", `verb ${order.verb} is not known to this agent`);
    }
  }
}

const processName = ({ group, name }: ManagedProcess) => ({ group, name });

function parseSignal(text: string): number {
  try {
    return signalNumber(text);
  } catch {
    throw new Fault("BAD_SIGNAL", text);
  }
}

function unfinished(order: Order, process: ManagedProcess): Fault {
  return new Fault("FAILED", `still ${process.value.state} after ${order.timeoutMs} ms`);
}

/** The work, or `late()` thrown when it takes longer; the work itself goes on. 0 is no limit. */
async function within(limitMs: number, work: Promise<void>, late: () => Fault): Promise<void> {
  if (limitMs <= 0) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
