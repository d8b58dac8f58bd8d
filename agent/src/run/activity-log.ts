// The daemon's own log: level, time and message as supervisord writes them, to a rotating file and, in the foreground, to stdout.
import { fstatSync, writeSync } from "node:fs";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import type { ChildLog } from "./child-log.js";
import { OpenLog } from "./open-log.js";
import type { ActivityLog } from "./ports.js";

/** Level word, the code in a line, the number of `loglevel` (supervisor 4.x loggers.py, LevelsByName). */
const LEVELS = {
  critical: { code: "CRIT", rank: 50 },
  error: { code: "ERRO", rank: 40 },
  warn: { code: "WARN", rank: 30 },
  info: { code: "INFO", rank: 20 },
  debug: { code: "DEBG", rank: 10 },
  trace: { code: "TRAC", rank: 5 },
  blather: { code: "BLAT", rank: 3 },
} as const;

type Level = keyof typeof LEVELS;

const pad = (value: number, width: number): string => String(value).padStart(width, "0");

/** `YYYY-MM-DD HH:MM:SS,mmm` in local time. */
function stamp(wallMs: number): string {
  const at = new Date(wallMs);
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1, 2)}-${pad(at.getDate(), 2)}`;
  return `${day} ${pad(at.getHours(), 2)}:${pad(at.getMinutes(), 2)}:${pad(at.getSeconds(), 2)},${pad(at.getMilliseconds(), 3)}`;
}

export interface ActivityLogOptions {
  /** Lowest level number that is written. */
  readonly level: number;
  /** The file, and those who follow it. */
  readonly file: ChildLog;
  /** Also write to standard output (`nodaemon` without `silent`). */
  readonly echo: boolean;
  readonly wallMs: () => number;
}

interface Echo {
  /** Throws the system's error. */
  write(line: Buffer): void;
}

/** Standard output; a pipe is opened anew where that can be done, since a reader who stops reading must not stop us. */
function standardOutput(): Echo {
  try {
    if (fstatSync(1).isFIFO()) return new OpenLog("/dev/stdout");
  } catch {
    // Not ours to open: written as it is.
  }
  return { write: (line) => void writeSync(1, line) };
}

export class FileActivityLog implements ActivityLog {
  readonly #options: ActivityLogOptions;
  #echo: Echo | null;

  constructor(options: ActivityLogOptions) {
    this.#options = options;
    this.#echo = options.echo ? standardOutput() : null;
  }

  get isDebug(): boolean {
    return LEVELS.debug.rank >= this.#options.level;
  }

  critical = (message: string): void => this.#write("critical", message);
  error = (message: string): void => this.#write("error", message);
  warn = (message: string): void => this.#write("warn", message);
  info = (message: string): void => this.#write("info", message);
  debug = (message: string): void => this.#write("debug", message);
  trace = (message: string): void => this.#write("trace", message);
  blather = (message: string): void => this.#write("blather", message);

  #write(level: Level, message: string): void {
    const { code, rank } = LEVELS[level];
    if (rank < this.#options.level) return;
    const line = Buffer.from(`${stamp(this.#options.wallMs())} ${code} ${message}\n`);
    this.#options.file.write(line);
    try {
      this.#echo?.write(line);
    } catch (error) {
      // Nobody reads standard output any more, or too slowly; the file has it all.
      if (errnoOf(error) !== "EAGAIN") this.#echo = null;
    }
  }
}
