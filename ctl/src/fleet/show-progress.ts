// Shows how an operation gets on, on stderr: a bar on a terminal; a line a target for one that takes its time.
import type { Operation } from "@fleetvisor/proto/api/v1";
import type { Io } from "../io.js";
import { doneLine, isRolling, progressCounts, progressLine, progressWords } from "../render/results.js";

export interface ProgressView {
  show(operation: Operation): Promise<void>;
  /** Takes away what is not to stay. */
  clear(): Promise<void>;
}

/** A line each time so many percent more of an operation are done that is too large for a line a target. */
const STEP = 0.05;

export async function progressView(io: Io): Promise<ProgressView> {
  const lines = new Lines(io);
  if (!io.stderrIsTerminal) return lines;
  // Loaded where there is somebody to look at it.
  const { default: bars } = await import("cli-progress");
  let bar: InstanceType<typeof bars.SingleBar> | null = null;
  const clear = async () => {
    bar?.stop();
    bar = null;
  };
  return {
    async show(operation) {
      const { done, total } = progressCounts(operation);
      const words = progressWords(operation);
      if (await lines.hasNews(operation)) {
        await clear();
        await lines.show(operation);
      }
      if (bar === null) {
        const format = `${operation.verb} [{bar}] {value}/{total}{words}`;
        bar = new bars.SingleBar(
          { format, clearOnComplete: true, stream: process.stderr, barsize: 24, hideCursor: null, linewrap: null },
          bars.Presets.legacy,
        );
        bar.start(total, done, { words });
      } else bar.update(done, { words });
    },
    clear,
  };
}

/** What became of each target, as it is known; nothing for an operation that is done in one go. */
class Lines implements ProgressView {
  readonly #io: Io;
  readonly #said = new Set<string>();
  #share = 0;

  constructor(io: Io) {
    this.#io = io;
  }

  async hasNews(operation: Operation): Promise<boolean> {
    return this.#news(operation).length > 0;
  }

  async show(operation: Operation): Promise<void> {
    const news = this.#news(operation);
    for (const { target } of operation.targets.filter(({ finishedAtMs }) => finishedAtMs !== null))
      this.#said.add(target);
    const { done, total } = progressCounts(operation);
    this.#share = done / total;
    if (news.length > 0) await this.#io.err(news.map((line) => `${line}\n`).join(""));
  }

  async clear(): Promise<void> {}

  #news(operation: Operation): readonly string[] {
    if (!isRolling(operation)) return [];
    const { done, total } = progressCounts(operation);
    if (operation.targets.length === 0) return done / total < this.#share + STEP ? [] : [progressLine(operation)];
    return operation.targets
      .filter(({ target, finishedAtMs }) => finishedAtMs !== null && !this.#said.has(target))
      .map((target) => doneLine(operation, target));
  }
}
