// Whether the page hears the controller: a small value that components subscribe to.

export type LiveStatus = "connecting" | "live" | "reconnecting" | "paused";

/** The status, the server's clock against ours, and who wants to know of a change. */
export class LiveState {
  #status: LiveStatus = "connecting";
  /** Controller's clock minus this browser's, milliseconds. */
  #clockOffsetMs = 0;
  readonly #listeners = new Set<() => void>();

  get status(): LiveStatus {
    return this.#status;
  }

  get clockOffsetMs(): number {
    return this.#clockOffsetMs;
  }

  set(status: LiveStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#listeners) listener();
  }

  setServerTime(atMs: number): void {
    this.#clockOffsetMs = atMs - Date.now();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
