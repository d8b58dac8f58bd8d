// Patterns for one name: `*` any run, `?` one character, `[a-z]` and `[!a-z]` a set, `\x` the character x itself.

/** A pattern ready to match. `literal` is set when it can match one text alone. */
export interface Glob {
  readonly literal: string | null;
  /** True for `*`, which matches everything. */
  readonly any: boolean;
  matches(text: string): boolean;
}

type Piece =
  | { readonly type: "char"; readonly char: string }
  | { readonly type: "one" }
  | { readonly type: "run" }
  | { readonly type: "set"; readonly negated: boolean; readonly ranges: readonly (readonly [string, string])[] };

/** A mistake in a pattern, with the offset of the character at fault. */
export class GlobError extends Error {
  constructor(
    readonly offset: number,
    message: string,
  ) {
    super(message);
    this.name = "GlobError";
  }
}

/** Compiles a pattern; throws GlobError for `[` without an end, an empty or backward set, a `\` at the end. */
export function parseGlob(text: string): Glob {
  const pieces = parsePieces(text);
  if (pieces.every((piece) => piece.type === "char")) {
    const literal = pieces.map((piece) => piece.char).join("");
    return { literal, any: false, matches: (candidate) => candidate === literal };
  }
  if (pieces.length === 1 && pieces[0]?.type === "run") return { literal: null, any: true, matches: () => true };
  return { literal: null, any: false, matches: (candidate) => matchPieces(pieces, candidate) };
}

/** Text that as a pattern or a term of a selector means exactly `name`. */
export function escapeGlob(name: string): string {
  return name.replace(/[\\*?[\],=!/:\s]/g, "\\$&");
}

function parsePieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") {
      at++;
      if (at >= text.length) throw new GlobError(at - 1, "nothing after the backslash");
      pieces.push({ type: "char", char: text.charAt(at) });
    } else if (char === "*") {
      if (pieces.at(-1)?.type !== "run") pieces.push({ type: "run" });
    } else if (char === "?") {
      pieces.push({ type: "one" });
    } else if (char === "[") {
      const set = parseSet(text, at);
      pieces.push(set.piece);
      at = set.end;
    } else {
      pieces.push({ type: "char", char });
    }
  }
  return pieces;
}

function parseSet(text: string, start: number): { piece: Piece; end: number } {
  const negated = text.charAt(start + 1) === "!";
  const ranges: [string, string][] = [];
  let at = start + (negated ? 2 : 1);
  for (; at < text.length; at++) {
    let char = text.charAt(at);
    if (char === "]" && ranges.length > 0) return { piece: { type: "set", negated, ranges }, end: at };
    if (char === "]") throw new GlobError(start, "the set between [ and ] is empty");
    if (char === "\\") char = text.charAt(++at);
    if (text.charAt(at + 1) === "-" && text.charAt(at + 2) !== "]" && at + 2 < text.length) {
      const to = text.charAt(at + 2) === "\\" ? text.charAt(at + 3) : text.charAt(at + 2);
      if (to < char) throw new GlobError(at, `the range ${char}-${to} runs backwards`);
      ranges.push([char, to]);
      at += text.charAt(at + 2) === "\\" ? 3 : 2;
    } else {
      ranges.push([char, char]);
    }
  }
  throw new GlobError(start, "[ has no matching ]");
}

/** Going back only to the last run keeps the cost at pattern times text, whatever an asker writes. */
function matchPieces(pieces: readonly Piece[], text: string): boolean {
  let at = 0;
  let piece = 0;
  let runPiece = -1;
  let runAt = 0;
  while (at < text.length) {
    const current = pieces[piece];
    if (current?.type === "run") {
      runPiece = piece++;
      runAt = at;
    } else if (current !== undefined && matchOne(current, text.charAt(at))) {
      piece++;
      at++;
    } else if (runPiece >= 0) {
      piece = runPiece + 1;
      at = ++runAt;
    } else {
      return false;
    }
  }
  while (pieces[piece]?.type === "run") piece++;
  return piece === pieces.length;
}

function matchOne(piece: Piece, char: string): boolean {
  if (piece.type === "char") return piece.char === char;
  if (piece.type !== "set") return true;
  const inside = piece.ranges.some(([from, to]) => char >= from && char <= to);
  return inside !== piece.negated;
}
