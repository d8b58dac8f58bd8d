// One page of a log: whole lines before or after a place in it, rotated files included, or those that end with given lines.
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { closeAll, isNamed, type LogFile, nameOf, openLogFiles, readRange } from "./log-files.js";

/** A place in a log, wherever rotation has moved its file since. */
interface LogPosition {
  readonly file: string;
  readonly offset: number;
}

export interface LogPageRequest {
  /** The page ends here, or where the line ends that this is within; null with `after`, or for the end of the log. */
  readonly before: LogPosition | null;
  /** The page begins here. */
  readonly after: LogPosition | null;
  /** About so many. */
  readonly bytes: number;
  /** The page ends with the newest lines that are these, before `before`; empty for none. */
  readonly containing: Buffer;
}

export interface LogPage {
  readonly data: Buffer;
  readonly start: LogPosition;
  readonly end: LogPosition;
  readonly backup: number;
  readonly isOldest: boolean;
  readonly isNewest: boolean;
  /** With `containing`: where those lines begin. */
  readonly found: LogPosition | undefined;
}

/** Largest page, but for the end of its last line. */
const MOST_BYTES = 64 * 1024;
/** How far the end of a line is looked for. */
const LINE_BYTES = 16 * 1024;
const MOST_CONTAINING_BYTES = 4 * 1024;
/** Of a log that is looked through for lines; and at a time, so that nobody else waits for it. */
const SEARCHED_BYTES = 128 * 1024 * 1024;
const STEP_BYTES = 64 * 1024;
const LINE_FEED = 10;

/** Faults NO_FILE, also for a position whose bytes are gone and lines that are not there, and BAD_ARGUMENTS. Rejects with the system's error. */
export async function readLogPage(path: string, request: LogPageRequest): Promise<LogPage> {
  if (request.containing.length > MOST_CONTAINING_BYTES) throw new Fault("BAD_ARGUMENTS", "too much is looked for");
  const files = await openLogFiles(path);
  try {
    return await new Pages(path, files).read(request);
  } finally {
    await closeAll(files);
  }
}

/** A place in the files as they are open now. */
interface Place {
  readonly index: number;
  readonly offset: number;
}

class Pages {
  /** Newest first. */
  readonly #files: readonly LogFile[];
  readonly #path: string;

  constructor(path: string, files: readonly LogFile[]) {
    this.#path = path;
    this.#files = files;
  }

  async read({ before, after, bytes, containing }: LogPageRequest): Promise<LogPage> {
    const limit = Math.min(Math.max(1, bytes), MOST_BYTES);
    if (after !== null) return this.#after(await this.#placeOf(after), limit);
    const end = before === null ? this.#end() : await this.#placeOf(before);
    if (containing.length === 0) return this.#before(end, limit);
    const { index, offset } = await this.#find(containing, end);
    const page = await this.#before({ index, offset: offset + containing.length }, limit);
    return { ...page, found: { file: page.end.file, offset } };
  }

  #end(): Place {
    const [newest] = this.#files;
    if (newest === undefined) throw new Fault("NO_FILE", this.#path);
    return { index: 0, offset: newest.sizeBytes };
  }

  /** Throws NO_FILE when the bytes before it are gone. */
  async #placeOf({ file: name, offset }: LogPosition): Promise<Place> {
    for (const [index, file] of this.#files.entries()) {
      if (offset <= file.sizeBytes && (await isNamed(file, name))) return { index, offset };
    }
    throw new Fault("NO_FILE", `that part of ${this.#path} is no longer kept: it was rotated away or emptied`);
  }

  async #before(place: Place, limit: number): Promise<LogPage> {
    const { file, index, offset } = this.#stepBack(place);
    const end = await endOfLine(file, offset);
    // With the byte before, which tells whether the first is the beginning of a line.
    const from = Math.max(0, end - limit - 1);
    const data = await readRange(file, from, end);
    // A line that began before the page is left for the one before, unless it is all there is.
    const first = end <= limit ? -1 : data.indexOf(LINE_FEED);
    const cut = first >= 0 && first < data.length - 1 ? first + 1 : 0;
    return this.#page(index, from + cut, data.subarray(cut));
  }

  async #after(place: Place, limit: number): Promise<LogPage> {
    const { file, index, offset } = this.#stepOn(place);
    const to = Math.min(file.sizeBytes, offset + limit);
    const data = await readRange(file, offset, to);
    const last = to === file.sizeBytes ? -1 : data.lastIndexOf(LINE_FEED);
    return this.#page(index, offset, last < 0 ? data : data.subarray(0, last + 1));
  }

  async #page(index: number, from: number, data: Buffer): Promise<LogPage> {
    const file = this.#at(index);
    const name = await nameOf(file);
    const to = from + data.length;
    return {
      data,
      start: { file: name, offset: from },
      end: { file: name, offset: to },
      backup: file.backup,
      isOldest: from === 0 && this.#files.slice(index + 1).every(({ sizeBytes }) => sizeBytes === 0),
      isNewest: to >= file.sizeBytes && this.#files.slice(0, index).every(({ sizeBytes }) => sizeBytes === 0),
      found: undefined,
    };
  }

  /** From the beginning of a file to the end of the one before it that has something in it. */
  #stepBack({ index, offset }: Place): Place & { readonly file: LogFile } {
    const older = offset > 0 ? -1 : this.#files.findIndex(({ sizeBytes }, at) => at > index && sizeBytes > 0);
    return older < 0
      ? { index, offset, file: this.#at(index) }
      : { index: older, offset: this.#at(older).sizeBytes, file: this.#at(older) };
  }

  /** From the end of a file to the beginning of the one after it that has something in it. */
  #stepOn({ index, offset }: Place): Place & { readonly file: LogFile } {
    const isAtEnd = offset >= this.#at(index).sizeBytes;
    const newer = isAtEnd ? this.#files.findLastIndex(({ sizeBytes }, at) => at < index && sizeBytes > 0) : -1;
    return newer < 0 ? { index, offset, file: this.#at(index) } : { index: newer, offset: 0, file: this.#at(newer) };
  }

  /** Where the newest lines that are these begin, before a place. Throws NO_FILE. */
  async #find(wanted: Buffer, before: Place): Promise<Place> {
    let leftBytes = SEARCHED_BYTES;
    for (let index = before.index; index < this.#files.length; index++) {
      const file = this.#at(index);
      const limit = index === before.index ? before.offset : file.sizeBytes;
      for (let to = limit; to > 0; to -= STEP_BYTES) {
        if (leftBytes <= 0) throw new Fault("NO_FILE", "those lines are not in the newest part of the log");
        const from = Math.max(0, to - STEP_BYTES);
        leftBytes -= to - from;
        // With the byte before, to know whether the first is the beginning of a line, and with what a match may reach beyond.
        const lead = from === 0 ? 0 : 1;
        const bytes = await readRange(file, from - lead, Math.min(limit, to + wanted.length - 1));
        const at = lastLinesIn(bytes, wanted, from === 0);
        if (at >= 0) return { index, offset: from - lead + at };
      }
    }
    throw new Fault("NO_FILE", "those lines are no longer in the log: it was rotated away or emptied");
  }

  #at(index: number): LogFile {
    const file = this.#files[index];
    if (file === undefined) throw new Fault("NO_FILE", this.#path);
    return file;
  }
}

/** Where the line ends that an offset is within; the offset itself where it is at a line's end, or the line is endless. */
async function endOfLine(file: LogFile, offset: number): Promise<number> {
  if (offset === 0 || offset >= file.sizeBytes) return offset;
  const bytes = await readRange(file, offset - 1, Math.min(file.sizeBytes, offset + LINE_BYTES));
  const feed = bytes.indexOf(LINE_FEED);
  return feed < 0 ? offset : offset + feed;
}

/** Where the last lines that are `wanted` begin in `bytes`; -1 for nowhere. Only beginnings of lines are compared, which bounds its cost. */
export function lastLinesIn(bytes: Buffer, wanted: Buffer, isStart: boolean): number {
  const fits = (at: number) =>
    at + wanted.length <= bytes.length && bytes.compare(wanted, 0, wanted.length, at, at + wanted.length) === 0;
  for (
    let feed = bytes.lastIndexOf(LINE_FEED);
    feed >= 0;
    feed = feed === 0 ? -1 : bytes.lastIndexOf(LINE_FEED, feed - 1)
  ) {
    if (bytes[feed + 1] === wanted[0] && fits(feed + 1)) return feed + 1;
  }
  return isStart && fits(0) ? 0 : -1;
}
