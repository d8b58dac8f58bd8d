// Start and stop of long-lived parts, and stopping several in reverse order of their start.

/** A long-lived part. `start` resolves when usable and undoes itself on failure; `stop` is bounded and may be repeated. */
export interface Lifecycle {
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts parts in order and stops the started ones in reverse, also when a later one fails to start. */
export class Sequence implements Lifecycle {
  readonly #parts: readonly Lifecycle[];
  readonly #started: Lifecycle[] = [];

  constructor(parts: readonly Lifecycle[]) {
    this.#parts = parts;
  }

  async start(): Promise<void> {
    for (const part of this.#parts) {
      try {
        await part.start();
      } catch (error) {
        await this.stop();
        throw error;
      }
      this.#started.push(part);
    }
  }

  /** Stops every started part even if one fails; rejects with the first failure after all were asked. */
  async stop(): Promise<void> {
    let failure: unknown;
    for (let part = this.#started.pop(); part !== undefined; part = this.#started.pop()) {
      try {
        await part.stop();
      } catch (error) {
        failure ??= error;
      }
    }
    if (failure !== undefined) throw failure;
  }
}
