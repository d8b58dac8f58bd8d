// One page of a real Chromium under measurement: when it had something to say, how busy it was, what it sent for, what it holds.
import { fileURLToPath } from "node:url";
import type { CDPSession, Page } from "playwright-core";

/** A main thread is free for people once no task took longer than 50 ms for so long. */
const QUIET_MS = 1_000;

export interface Loaded {
  /** From the beginning of the navigation, ms. */
  readonly firstPaintMs: number;
  /** The words that were waited for stand on the page. */
  readonly usefulMs: number;
  /** End of the last long task after that. */
  readonly interactiveMs: number;
  readonly requests: number;
  /** As they came over the wire. */
  readonly bytes: { readonly page: number; readonly api: number };
}

export interface Use {
  readonly seconds: number;
  readonly framesPerSecond: number;
  /** Between two frames, ms. */
  readonly frameP99Ms: number;
  readonly frameMaxMs: number;
  /** Of one core. */
  readonly busyPercent: number;
  readonly scriptPercent: number;
}

/** What notes.mjs writes down, by the page's own clock. */
interface Notes {
  usefulMs: number | null;
  longTasks: { readonly endMs: number }[];
  frames: number[];
  watching: boolean;
}

declare global {
  var benchNotes: Notes;
  var benchWords: string;
}

/** Runs in the page before anything of it; in a file of its own, since code of ours comes with what only our loader knows. */
const NOTES = fileURLToPath(new URL("notes.mjs", import.meta.url));

export class WatchedPage {
  readonly page: Page;
  readonly #cdp: CDPSession;
  #bytes = { page: 0, api: 0 };
  #requests = 0;
  readonly #urls = new Map<string, string>();

  private constructor(page: Page, cdp: CDPSession) {
    this.page = page;
    this.#cdp = cdp;
  }

  /** `words` are those whose appearance makes the page useful. */
  static async watch(page: Page, words: string): Promise<WatchedPage> {
    const cdp = await page.context().newCDPSession(page);
    const watched = new WatchedPage(page, cdp);
    cdp.on("Network.requestWillBeSent", ({ requestId, request }) => {
      watched.#urls.set(requestId, request.url);
      watched.#requests += 1;
    });
    cdp.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
      const kind = watched.#urls.get(requestId)?.includes("/api/") === true ? "api" : "page";
      watched.#bytes[kind] += encodedDataLength;
    });
    await cdp.send("Network.enable");
    await cdp.send("Performance.enable");
    await page.addInitScript((wanted) => {
      globalThis.benchWords = wanted;
    }, words);
    await page.addInitScript({ path: NOTES });
    return watched;
  }

  /** Opens an address with nothing in the browser's cache, or with what earlier visits left there. */
  async load(url: string, cache: "cold" | "warm"): Promise<Loaded> {
    if (cache === "cold") await this.#cdp.send("Network.clearBrowserCache");
    this.#bytes = { page: 0, api: 0 };
    this.#requests = 0;
    await this.page.goto(url);
    await this.page.waitForFunction(() => globalThis.benchNotes.usefulMs !== null, undefined, { timeout: 120_000 });
    await this.page.waitForFunction(
      (quietMs) => {
        const { usefulMs, longTasks } = globalThis.benchNotes;
        return performance.now() - Math.max(usefulMs ?? 0, longTasks.at(-1)?.endMs ?? 0) > quietMs;
      },
      QUIET_MS,
      { timeout: 120_000 },
    );
    const noted = await this.page.evaluate(() => {
      const { usefulMs, longTasks } = globalThis.benchNotes;
      const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN;
      return { paint, useful: usefulMs ?? Number.NaN, last: longTasks.at(-1)?.endMs ?? 0 };
    });
    return {
      firstPaintMs: noted.paint,
      usefulMs: noted.useful,
      interactiveMs: Math.max(noted.useful, noted.last),
      requests: this.#requests,
      bytes: { ...this.#bytes },
    };
  }

  /**
   * Lets it go on while `body` does something, and says what that took. The network is not listened to meanwhile: a stream without end
   * would be kept whole for whoever listens, and be measured along.
   */
  async during(body: () => Promise<void>): Promise<Use> {
    await this.#cdp.send("Network.disable");
    await this.page.evaluate(() => {
      globalThis.benchNotes.frames = [];
      globalThis.benchNotes.watching = true;
    });
    const before = await this.#metrics();
    await body();
    const after = await this.#metrics();
    const frames = await this.page.evaluate(() => {
      globalThis.benchNotes.watching = false;
      return globalThis.benchNotes.frames;
    });
    const gaps = frames.slice(1).map((atMs, place) => atMs - (frames[place] ?? atMs));
    gaps.sort((a, b) => a - b);
    const seconds = (after.get("Timestamp") ?? 0) - (before.get("Timestamp") ?? 0);
    const share = (name: string) => (((after.get(name) ?? 0) - (before.get(name) ?? 0)) / seconds) * 100;
    return {
      seconds,
      framesPerSecond: frames.length / seconds,
      frameP99Ms: gaps[Math.max(0, Math.ceil(gaps.length * 0.99) - 1)] ?? Number.NaN,
      frameMaxMs: gaps.at(-1) ?? Number.NaN,
      busyPercent: share("TaskDuration"),
      scriptPercent: share("ScriptDuration"),
    };
  }

  /** What is held after everything that can go is gone: bytes of the heap, elements of the document. */
  async held(): Promise<{ readonly heapBytes: number; readonly nodes: number; readonly listeners: number }> {
    for (let time = 0; time < 2; time++) await this.#cdp.send("HeapProfiler.collectGarbage");
    const metrics = await this.#metrics();
    const value = (name: string) => metrics.get(name) ?? Number.NaN;
    return { heapBytes: value("JSHeapUsedSize"), nodes: value("Nodes"), listeners: value("JSEventListeners") };
  }

  async #metrics(): Promise<ReadonlyMap<string, number>> {
    const { metrics } = await this.#cdp.send("Performance.getMetrics");
    return new Map(metrics.map(({ name, value }) => [name, value]));
  }
}
