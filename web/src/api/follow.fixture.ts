// A browser for tests of what follows logs: streams that are told what comes over them, frames that are drawn on demand, a page to hide.
import type { TestContext } from "node:test";

export class FakeStream extends EventTarget {
  static readonly CLOSED = 2;
  readyState = 0;
  onopen: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly url: string;

  constructor(url: string) {
    super();
    this.url = url;
  }

  close(): void {
    this.readyState = FakeStream.CLOSED;
  }

  get isOpen(): boolean {
    return this.readyState !== FakeStream.CLOSED;
  }

  opened(): void {
    this.readyState = 1;
    this.onopen?.();
  }

  says(type: string, data: unknown): void {
    this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) }));
  }

  /** As after an answer that is no stream. */
  refused(): void {
    this.close();
    this.onerror?.();
  }
}

export interface FakeBrowser {
  readonly streams: readonly FakeStream[];
  /** The stream opened last. */
  stream(): FakeStream;
  drawFrame(): void;
  hide(): void;
  show(): void;
  /** Answers the plain requests that wait. */
  answer(status: number, body?: unknown): Promise<void>;
}

/** Stands in for the globals of a browser until the test is over; timers are the test's. */
export function fakeBrowser(t: TestContext, options: { readonly hidden?: boolean } = {}): FakeBrowser {
  t.mock.timers.enable({ apis: ["setTimeout", "setInterval", "Date"] });
  const streams: FakeStream[] = [];
  const frames = new Map<number, () => void>();
  let frameId = 0;
  const requests: ((response: Response) => void)[] = [];
  const page = Object.assign(new EventTarget(), { hidden: options.hidden ?? false });
  const globals: Readonly<Record<string, unknown>> = {
    EventSource: class extends FakeStream {
      constructor(url: string) {
        super(url);
        streams.push(this);
      }
    },
    document: page,
    requestAnimationFrame: (draw: () => void) => {
      frames.set(++frameId, draw);
      return frameId;
    },
    cancelAnimationFrame: (id: number) => void frames.delete(id),
    fetch: () => new Promise<Response>((resolve) => void requests.push(resolve)),
  };
  for (const [name, value] of Object.entries(globals)) {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
    t.after(() =>
      before === undefined ? Reflect.deleteProperty(globalThis, name) : Object.defineProperty(globalThis, name, before),
    );
  }
  const turn = (hidden: boolean) => {
    page.hidden = hidden;
    page.dispatchEvent(new Event("visibilitychange"));
  };
  return {
    streams,
    stream() {
      const last = streams.at(-1);
      if (last === undefined) throw new Error("no stream was opened");
      return last;
    },
    drawFrame() {
      const due = [...frames.values()];
      frames.clear();
      for (const draw of due) draw();
    },
    hide: () => turn(true),
    show: () => turn(false),
    async answer(status, body = {}) {
      for (const reply of requests.splice(0)) reply(new Response(JSON.stringify(body), { status }));
      await new Promise(setImmediate);
    },
  };
}
