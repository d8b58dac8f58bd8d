// Terminal colours in log lines: text with escape sequences to plain text and styled pieces. Colours only; cursor
// movement and titles are dropped, because a log is not a screen.

/** A colour: one of the 16 of the theme, or a fixed `#rrggbb`. */
export type AnsiColour = number | string;

export interface AnsiStyle {
  readonly fg?: AnsiColour;
  readonly bg?: AnsiColour;
  readonly bold?: true;
  readonly dim?: true;
  readonly italic?: true;
  readonly underline?: true;
  readonly inverse?: true;
}

/** Piece of a line: characters `start` to `end` (exclusive) of the plain text wear `style`. */
export interface AnsiSpan {
  readonly start: number;
  readonly end: number;
  readonly style: AnsiStyle;
}

export interface AnsiLine {
  readonly text: string;
  /** Only the styled pieces, in order; empty for most lines. */
  readonly spans: readonly AnsiSpan[];
  /** What is still switched on at the end of the line: give it to the next one. */
  readonly style: AnsiStyle;
}

export const PLAIN: AnsiStyle = {};

// CSI, OSC (ended by BEL or ST) and two-character escapes; ECMA-48 section 5.4, plus a CSI cut off by the line's end.
const ESCAPE = /\x1b(?:\[([0-9:;<=>?]*)([ -/]*)([@-~]|$)|\][^\x07\x1b]*(?:\x07|\x1b\\|$)|[ -/]*[0-~])?/g;
const UNPRINTABLE = /[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]/g;

/** Reads one line (no line feed in it) that begins in `style`. */
export function parseAnsi(raw: string, style: AnsiStyle = PLAIN): AnsiLine {
  const line = overprinted(raw);
  if (!line.includes("\x1b")) {
    const plain = line.replace(UNPRINTABLE, "");
    return { text: plain, spans: spansOf(style, 0, plain.length), style };
  }
  let text = "";
  let from = 0;
  let current = style;
  const spans: AnsiSpan[] = [];
  const take = (raw: string) => {
    const piece = raw.replace(UNPRINTABLE, "");
    spans.push(...spansOf(current, text.length, text.length + piece.length));
    text += piece;
  };
  for (const match of line.matchAll(ESCAPE)) {
    take(line.slice(from, match.index));
    from = match.index + match[0].length;
    if (match[3] === "m" && match[2] === "") current = applySgr(current, match[1] ?? "");
  }
  take(line.slice(from));
  return { text, spans, style: current };
}

/** What a terminal would show of `10%\r20%`: the part after the last carriage return that something follows. */
function overprinted(raw: string): string {
  const line = raw.replace(/\r+$/, "");
  return line.slice(line.lastIndexOf("\r") + 1);
}

function spansOf(style: AnsiStyle, start: number, end: number): AnsiSpan[] {
  return start === end || Object.keys(style).length === 0 ? [] : [{ start, end, style }];
}

/** Select Graphic Rendition, ECMA-48 section 8.3.117; 38 and 48 with 5 or 2 as ITU-T T.416 has them. */
function applySgr(style: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map((text) => (text === "" ? 0 : Number(text)));
  let next: { -readonly [K in keyof AnsiStyle]: AnsiStyle[K] } = { ...style };
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    if (code === 0) next = {};
    else if (code === 1) next.bold = true;
    else if (code === 2) next.dim = true;
    else if (code === 3) next.italic = true;
    else if (code === 4) next.underline = true;
    else if (code === 7) next.inverse = true;
    else if (code === 22) {
      delete next.bold;
      delete next.dim;
    } else if (code === 23) delete next.italic;
    else if (code === 24) delete next.underline;
    else if (code === 27) delete next.inverse;
    else if (code >= 30 && code <= 37) next.fg = code - 30;
    else if (code >= 90 && code <= 97) next.fg = code - 90 + 8;
    else if (code === 39) delete next.fg;
    else if (code >= 40 && code <= 47) next.bg = code - 40;
    else if (code >= 100 && code <= 107) next.bg = code - 100 + 8;
    else if (code === 49) delete next.bg;
    else if (code === 38 || code === 48) {
      const { colour, used } = extendedColour(codes.slice(i + 1));
      if (colour !== null) next[code === 38 ? "fg" : "bg"] = colour;
      i += used;
    }
  }
  return next;
}

function extendedColour(codes: readonly number[]): { colour: AnsiColour | null; used: number } {
  if (codes[0] === 5) {
    const index = codes[1] ?? 0;
    return { colour: index >= 0 && index <= 255 ? indexedColour(index) : null, used: 2 };
  }
  if (codes[0] === 2) return { colour: hex(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), used: 4 };
  return { colour: null, used: codes.length };
}

/** The 256 colours of xterm: 16 of the theme, a cube of 6 x 6 x 6, 24 greys. */
function indexedColour(index: number): AnsiColour {
  if (index < 16) return index;
  if (index >= 232) return hex(8 + (index - 232) * 10, 8 + (index - 232) * 10, 8 + (index - 232) * 10);
  const level = (n: number) => (n === 0 ? 0 : 55 + n * 40);
  const cube = index - 16;
  return hex(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function hex(red: number, green: number, blue: number): string {
  return `#${[red, green, blue].map((n) => (n & 255).toString(16).padStart(2, "0")).join("")}`;
}
