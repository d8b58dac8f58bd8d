// Orders of the controller: each id is done at most once, its result remembered for a controller that asks again.
import { type Order, type OrderResult, type TargetResult, Verb } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { formatNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { signalNumber } from "../config/signals.js";
import { addGroup, type Configuration, removeGroup, updateGroups } from "../run/configuration.js";
import {
  type ControlOptions,
  clearLogs,
  restartProcess,
  signalProcess,
  startProcess,
  stopProcess,
} from "../run/control.js";
import type { ManagedProcess } from "../run/managed-process.js";
import type { Supervisor } from "../run/supervisor.js";
import { encodeDone, encodeResult } from "./encode.js";

/** Results kept for repeats; an order older than this many others is long past its deadline. */
const REMEMBERED = 1000;

/** What orders need of the daemon around the supervisor. */
export interface OrderedDaemon extends Configuration {
  /** Stops everything, then ends. Returns at once. The changes that follow carry the order. */
  shutdown(orderId: string): void;
  /** Stops everything, then begins anew. Returns at once. Throws Fault CANT_REREAD when it cannot. */
  restart(orderId: string): void;
}

interface Target {
  readonly group: string;
  readonly name: string;
  readonly process: ManagedProcess | null;
}

export class Orders {
  readonly #supervisor: Supervisor;
  readonly #daemon: OrderedDaemon;
  readonly #answer: (result: OrderResult) => void;
  /** Results by order id; null while the order is being done. */
  readonly #known = new Map<string, OrderResult | null>();
  #epoch = 0;
  /** Changes of the configuration are done one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  /** `answer` sends a result over whatever connection there is now; one that cannot be sent is asked for again. */
  constructor(supervisor: Supervisor, daemon: OrderedDaemon, answer: (result: OrderResult) => void) {
    this.#supervisor = supervisor;
    this.#daemon = daemon;
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
    const whole = this.#onWhole(order);
    if (whole !== null) return [await this.#performWhole(order, whole)];
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

  /** What an order does to the daemon as a whole; null when it is about processes. Its text is what there is to say of it. */
  #onWhole({ verb, groups, id }: Order): (() => Promise<string>) | null {
    const supervisor = this.#supervisor;
    const daemon = this.#daemon;
    switch (verb) {
      case Verb.UPDATE:
        return () => this.#inTurn(() => updateGroups(supervisor, daemon, groups, id));
      case Verb.ADD:
        return () =>
          this.#inTurn(async () => {
            daemon.reread();
            return `added ${eachOf(groups, (name) => addGroup(supervisor, daemon, name, id))}`;
          });
      case Verb.REMOVE:
        return () => this.#inTurn(async () => `removed ${eachOf(groups, (name) => removeGroup(supervisor, name))}`);
      case Verb.RELOAD:
        return async () => {
          daemon.restart(id);
          return "begins anew";
        };
      case Verb.SHUTDOWN:
        return async () => {
          daemon.shutdown(id);
          return "shuts down";
        };
      default:
        return null;
    }
  }

  async #performWhole(order: Order, act: () => Promise<string>): Promise<TargetResult> {
    try {
      if (this.#supervisor.mood !== "RUNNING") throw new Fault("SHUTDOWN_STATE");
      const late = () => new Fault("FAILED", `not over after ${order.timeoutMs} ms; it goes on`);
      return encodeDone(await within(order.timeoutMs, act(), late));
    } catch (error) {
      return encodeResult("", "", error);
    }
  }

  #inTurn(work: () => Promise<string>): Promise<string> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => {});
    return done;
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
      case Verb.CLEAR:
        return clearLogs(process);
      default:
        throw new Fault("UNKNOWN_METHOD", `verb ${order.verb} is not known to this agent`);
    }
  }
}

/** Does one thing to each group and tells their names. The fault of the one, or of all that failed where they were several. */
function eachOf(groups: readonly string[], act: (name: string) => void): string {
  const failures: Fault[] = [];
  for (const name of groups) {
    try {
      act(name);
    } catch (error) {
      failures.push(error instanceof Fault ? error : new Fault("FAILED", `${name}: ${FleetError.from(error).message}`));
    }
  }
  const [first] = failures;
  if (first === undefined) return groups.join(", ");
  if (failures.every(({ fault }) => fault === first.fault)) {
    throw new Fault(first.fault, failures.map(({ extra }) => extra ?? "").join(", "));
  }
  throw new Fault("FAILED", failures.map(({ message }) => message).join("; "));
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
async function within<T>(limitMs: number, work: Promise<T>, late: () => Fault): Promise<T> {
  if (limitMs <= 0) return work;
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limitMs);
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
