// What became of the children of one process: how many there were, what they used, how the last one ended and why.
import { type ExitStatus, SIGKILL } from "../core/process.js";
import type { OomMark, OomWatch } from "./oom.js";
import type { ResourceUsage } from "./ports.js";

/** The end of one life, for reports. */
export interface EndOfLife {
  readonly pid: number;
  readonly status: ExitStatus;
  /** Whether the code is in `exitcodes`. */
  readonly expected: boolean;
  readonly uptimeMs: number;
  readonly usage: ResourceUsage;
  readonly stdoutTail: Buffer;
  readonly stderrTail: Buffer;
  /** The system ended it for want of memory. */
  readonly oomKilled: boolean;
}

export class Lives {
  readonly #exitCodes: readonly number[];
  readonly #watch: OomWatch | null;
  #starts = 0;
  #usedMs = 0;
  #lastEnd: EndOfLife | null = null;
  #oom: OomMark | null = null;
  /** SIGKILL was sent from here to the child of now. */
  #killed = false;

  constructor(exitCodes: readonly number[], { oom }: { readonly oom: OomWatch | null }) {
    this.#exitCodes = exitCodes;
    this.#watch = oom;
  }

  /** Children made so far. */
  get starts(): number {
    return this.#starts;
  }

  /** CPU time of all lives that ended. */
  get usedMs(): number {
    return this.#usedMs;
  }

  /** How the last life ended; null before the first end. */
  get lastEnd(): EndOfLife | null {
    return this.#lastEnd;
  }

  /** A child was made. */
  begun(pid: number): void {
    this.#starts += 1;
    this.#killed = false;
    this.#oom = this.#watch?.watch(pid) ?? null;
  }

  /** It stayed up. What is read of it now is a file, for which the start of the next program does not wait. */
  stayed(): void {
    const mark = this.#oom;
    if (mark === null) return;
    setImmediate(() => {
      if (this.#oom === mark) mark.settle();
    });
  }

  /** A signal was sent to it. */
  signalled(signal: number): void {
    this.#killed ||= signal === SIGKILL;
  }

  ended(end: Omit<EndOfLife, "expected" | "oomKilled">): EndOfLife {
    const { status, usage } = end;
    const oomKilled = this.#oom?.ended(status.signal === SIGKILL && !this.#killed) ?? false;
    this.#oom = null;
    this.#usedMs += usage.cpuMs;
    const expected = status.signal === null && this.#exitCodes.includes(status.code);
    this.#lastEnd = { ...end, expected, oomKilled };
    return this.#lastEnd;
  }
}
