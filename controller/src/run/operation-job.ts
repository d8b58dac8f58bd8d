// One operation on its way in this process: its run, its timer, and the writes that several steps share.
import type { Operation } from "../core/operation.js";
import { nextDeadline, type Run } from "../core/operation-run.js";

/** Between two writes of one operation, for each of its targets: a thousand targets are written ten times a second at most. */
const SPACING_MS = 0.1;
const LONGEST_SPACING_MS = 1_000;
/** What a timer can hold. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface JobWorld {
  now(): number;
  save(operation: Operation, changed: readonly number[]): Promise<void>;
  /** Called with what is being saved. */
  onChange(operation: Operation, changed: readonly number[]): void;
  /** Called when a save is over, whatever came of it. */
  onKept(): void;
  /** The moment that the run asked for has come. */
  onDue(): void;
}

export class OperationJob {
  readonly #world: JobWorld;
  readonly #waiting = new Set<() => void>();
  /** Places that differ from what was handed to the store. */
  #changed = new Set<number>();
  /** A save that is planned and has not read the operation yet. */
  #saving: Promise<void> | null = null;
  /** Saves that the store has not confirmed. */
  #writing = 0;
  /** When the last save read it; monotonic. */
  #savedMs = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | null = null;
  #arming = false;
  #stopped = false;
  run: Run;

  constructor(run: Run, world: JobWorld) {
    this.run = run;
    this.#world = world;
  }

  /** As of now; its list of targets goes on changing. */
  get operation(): Operation {
    return this.run.operation;
  }

  /** The save that is planned, if one is. */
  get kept(): Promise<void> | null {
    return this.#saving;
  }

  /** Whether the store has confirmed all there is of it. */
  get isKept(): boolean {
    return this.#saving === null && this.#writing === 0 && this.#changed.size === 0;
  }

  /** Nothing is called any more but for saves that are planned. */
  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Keeps the run as it is then, soon; resolves when it is kept. */
  keep(changed: readonly number[]): Promise<void> {
    for (const place of changed) this.#changed.add(place);
    this.#saving ??= this.#save();
    return this.#saving;
  }

  /** Resolves when something of it changed, or after a time. */
  #change(withinMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, withinMs);
      this.#waiting.add(wake);
    });
  }

  /** Resolves when it is so, which is asked at each change, or after a time. */
  async until(isSo: () => boolean, withinMs: number): Promise<void> {
    const endMs = performance.now() + withinMs;
    for (let leftMs = withinMs; leftMs > 0 && !isSo(); leftMs = endMs - performance.now()) await this.#change(leftMs);
  }

  /** Whoever waits for a change looks again. */
  wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** Sets the timer to when the run wants to be looked at; steps of one turn of the loop cost one search for that. */
  arm(): void {
    if (this.#arming) return;
    this.#arming = true;
    setImmediate(() => {
      this.#arming = false;
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#timer = null;
      const dueMs = this.#stopped ? null : nextDeadline(this.run);
      if (dueMs === null) return;
      // A timer may fire a little before its time.
      const fire = () => (this.#world.now() < dueMs ? this.arm() : this.#world.onDue());
      this.#timer = setTimeout(fire, Math.min(LONGEST_TIMER_MS, Math.max(1, dueMs - this.#world.now())));
    });
  }

  /** Steps close to each other share one write, so that an operation on a thousand instances is not written a thousand times. */
  #save(): Promise<void> {
    const spacingMs = Math.min(LONGEST_SPACING_MS, SPACING_MS * this.run.operation.targets.length);
    const waitMs = this.#savedMs + spacingMs - performance.now();
    return new Promise((resolve, reject) => {
      const soon = (then: () => void) => (waitMs < 1 ? setImmediate(then) : setTimeout(then, waitMs));
      soon(() => {
        this.#saving = null;
        this.#savedMs = performance.now();
        const places = [...this.#changed].sort((a, b) => a - b);
        this.#changed = new Set();
        const operation = { ...this.run.operation, targets: [...this.run.operation.targets] };
        this.#writing += 1;
        const saved = this.#world.save(operation, places);
        saved.then(resolve, (error: unknown) => {
          // With the next one, then.
          for (const place of places) this.#changed.add(place);
          reject(error);
        });
        this.#world.onChange(operation, places);
        this.wake();
        const over = () => {
          this.#writing -= 1;
          this.#world.onKept();
          this.wake();
        };
        saved.then(over, over);
      });
    });
  }
}
