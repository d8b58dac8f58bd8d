// Keeps one stream of server-sent events open while its page is looked at, and gathers what comes over it for a frame. What is heard,
// and how a broken stream joins up again, is up to who follows.

const RETRY_MS = 5_000;
/** How long a hidden page goes on following: browsers allow six connections a host. */
const HIDDEN_MS = 20_000;

interface Followed<Item> {
  /** A new stream, with its listeners. */
  open(): EventSource;
  /** What has come since the last time; at most once a frame. */
  take(items: readonly Item[]): void;
  /** It lets go of its stream until it is looked at again, or opens another at once. */
  turned(status: "paused" | "connecting"): void;
}

/** `start` once, `stop` at the end; after that nothing is called any more. */
export class Follower<Item> {
  readonly #followed: Followed<Item>;
  #source: EventSource | null = null;
  #isPaused = false;
  #pending: Item[] = [];
  #frame: number | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hide: ReturnType<typeof setTimeout> | undefined;

  constructor(followed: Followed<Item>) {
    this.#followed = followed;
  }

  start(): void {
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#open();
    // A page that was opened behind another one is told nothing of it.
    if (document.hidden) this.#onVisibility();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    clearTimeout(this.#hide);
    this.#close();
    this.#pending = [];
  }

  /** Connects again now instead of after the pause. */
  again(): void {
    this.#close();
    this.#drain();
    this.#isPaused = false;
    this.#followed.turned("connecting");
    this.#open();
  }

  /** Whether it is the stream of now: what others say late is of no concern. */
  isOf(source: EventSource): boolean {
    return this.#source === source;
  }

  /** What came over a stream. */
  heard(source: EventSource, item: Item): void {
    if (!this.isOf(source)) return;
    this.#pending.push(item);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#drain();
    });
  }

  /** Ends the stream of now and opens another after a pause. */
  retryLater(): void {
    this.#source?.close();
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#open(), RETRY_MS);
  }

  readonly #onVisibility = () => {
    clearTimeout(this.#hide);
    if (!document.hidden) {
      if (this.#isPaused) this.again();
      return;
    }
    this.#hide = setTimeout(() => {
      this.#close();
      this.#drain();
      this.#isPaused = true;
      this.#followed.turned("paused");
    }, HIDDEN_MS);
  };

  #open(): void {
    this.#source = this.#followed.open();
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#retry);
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
  }

  #drain(): void {
    const items = this.#pending;
    this.#pending = [];
    if (items.length > 0) this.#followed.take(items);
  }
}
