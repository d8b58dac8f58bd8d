// Lines of a log that a pattern is found in: bytes are fed as they are read, matches come out. Pure.

/** Of a longer line only its beginning is searched: a pattern's cost may grow with the square of the length. */
export const LINE_BYTES = 16 * 1024;
/** Of a longer line only a part around the match is told. */
const TOLD_CHARS = 2048;
const BEFORE_MATCH_CHARS = 256;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;

/** Where in a line the pattern is found; -1 when nowhere. */
export type LineTest = (line: string) => number;

export interface Pattern {
  /** A JavaScript regular expression, or with `literal` text to be found as it is. */
  readonly pattern: string;
  readonly literal: boolean;
  readonly ignoreCase: boolean;
}

export interface FoundLine {
  /** Where the line starts in its file. */
  readonly offset: number;
  /** Without its end, in memory of its own so that another thread can have it. */
  readonly line: Uint8Array;
  /** Something was cut from it. */
  readonly cut: boolean;
}

/** Throws SyntaxError for what is no regular expression. */
export function lineTest({ pattern, literal, ignoreCase }: Pattern): LineTest {
  if (literal && !ignoreCase) return (line) => line.indexOf(pattern);
  const source = literal ? pattern.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&") : pattern;
  const expression = new RegExp(source, ignoreCase ? "i" : "");
  return (line) => line.search(expression);
}

/** One file's bytes, in order and in pieces of any size. */
export class LineScanner {
  readonly #test: LineTest;
  /** Of a line whose end has not come. */
  #rest: Buffer = Buffer.alloc(0);
  #offset: number;
  /** The line is longer than what is searched, and was: the rest of it is passed over. */
  #isPassing = false;

  /** `offset` is where in the file the first byte is. With `isWithinLine` what comes before the first line feed is no whole line. */
  constructor(test: LineTest, offset: number, isWithinLine: boolean) {
    this.#test = test;
    this.#offset = offset;
    this.#isPassing = isWithinLine;
  }

  /** The chunk may be reused afterwards. */
  *feed(chunk: Buffer): Generator<FoundLine, void, void> {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let from = 0;
    for (let end = bytes.indexOf(LINE_FEED); end >= 0; end = bytes.indexOf(LINE_FEED, from)) {
      if (!this.#isPassing) yield* this.#look(bytes.subarray(from, end), end - from > LINE_BYTES);
      this.#isPassing = false;
      this.#offset += end + 1 - from;
      from = end + 1;
    }
    const rest = bytes.subarray(from);
    if (this.#isPassing || rest.length > LINE_BYTES) {
      if (!this.#isPassing) yield* this.#look(rest, true);
      this.#isPassing = true;
      this.#offset += rest.length;
      this.#rest = Buffer.alloc(0);
    } else {
      this.#rest = Buffer.from(rest);
    }
  }

  /** The last line may have no end. */
  *end(): Generator<FoundLine, void, void> {
    if (!this.#isPassing && this.#rest.length > 0) yield* this.#look(this.#rest, false);
    this.#rest = Buffer.alloc(0);
  }

  *#look(whole: Buffer, isLong: boolean): Generator<FoundLine, void, void> {
    const searched = isLong ? whole.subarray(0, LINE_BYTES) : whole;
    const end = searched.at(-1) === CARRIAGE_RETURN ? searched.length - 1 : searched.length;
    const line = searched.toString("utf8", 0, end);
    const at = this.#test(line);
    if (at < 0) return;
    if (line.length <= TOLD_CHARS) {
      yield { offset: this.#offset, line: new Uint8Array(searched.subarray(0, end)), cut: isLong };
      return;
    }
    const from = Math.max(0, at - BEFORE_MATCH_CHARS);
    yield { offset: this.#offset, line: new TextEncoder().encode(line.slice(from, from + TOLD_CHARS)), cut: true };
  }
}
