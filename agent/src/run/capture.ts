// Capture mode: what a child writes between two marks is taken out of its log and told as an event (supervisor 4.2.5
// dispatchers.py, POutputDispatcher). Pure: chunks in, pieces out.

const BEGIN = Buffer.from("<!--XSUPERVISOR:BEGIN-->");
const END = Buffer.from("<!--XSUPERVISOR:END-->");
const EMPTY = Buffer.alloc(0);

export interface Capture {
  /** `stdout_capture_maxbytes`. */
  readonly maxBytes: number;
  readonly capturing: boolean;
  /** Captured so far. */
  readonly captured: readonly Buffer[];
  readonly capturedBytes: number;
  /** The beginning of what may become a mark. */
  readonly held: Buffer;
}

export type Piece =
  /** Ordinary output. */
  | { readonly type: "output"; readonly data: Buffer }
  /** Between marks: not for the log file, though a debug log and PROCESS_LOG listeners get it. */
  | { readonly type: "part"; readonly data: Buffer }
  /** Everything between two marks. */
  | { readonly type: "captured"; readonly data: Buffer };

export interface CaptureStep {
  readonly next: Capture;
  readonly pieces: readonly Piece[];
}

export function newCapture(maxBytes: number): Capture {
  return { maxBytes, capturing: false, captured: [], capturedBytes: 0, held: EMPTY };
}

/**
 * Takes a chunk. Pieces may be views on it. Unlike supervisord, which looks at nothing until more than a mark's length has come, only
 * what may begin a mark is held back.
 */
export function capture(state: Capture, chunk: Buffer): CaptureStep {
  const pieces: Piece[] = [];
  let next = state;
  let rest = state.held.length === 0 ? chunk : Buffer.concat([state.held, chunk]);
  for (;;) {
    const mark = next.capturing ? END : BEGIN;
    const at = rest.indexOf(mark);
    if (at < 0) {
      const keep = markBegunAtEnd(rest, mark);
      next = emit(next, rest.subarray(0, rest.length - keep), pieces);
      // A copy: the chunk's memory is used again.
      return { next: { ...next, held: Buffer.from(rest.subarray(rest.length - keep)) }, pieces };
    }
    next = emit(next, rest.subarray(0, at), pieces);
    if (next.capturing) pieces.push({ type: "captured", data: Buffer.concat(next.captured) });
    next = { ...next, capturing: !next.capturing, captured: [], capturedBytes: 0 };
    rest = rest.subarray(at + mark.length);
  }
}

/** The end of the output: what was held back was no mark. */
export function endCapture(state: Capture): CaptureStep {
  const pieces: Piece[] = [];
  emit(state, state.held, pieces);
  return { next: newCapture(state.maxBytes), pieces };
}

function emit(state: Capture, data: Buffer, pieces: Piece[]): Capture {
  if (data.length === 0) return state;
  if (!state.capturing) {
    pieces.push({ type: "output", data });
    return state;
  }
  pieces.push({ type: "part", data });
  return add(state, data);
}

/** Beyond the limit as many bytes go from the front as come; one piece is kept whole, however long (loggers.py, BoundIO). */
function add(state: Capture, data: Buffer): Capture {
  let { captured, capturedBytes } = state;
  if (capturedBytes + data.length > state.maxBytes) {
    const left = Buffer.concat(captured).subarray(data.length);
    captured = [Buffer.from(left)];
    capturedBytes = left.length;
  }
  return { ...state, captured: [...captured, Buffer.from(data)], capturedBytes: capturedBytes + data.length };
}

/** How many bytes at the end may be the beginning of the mark. */
function markBegunAtEnd(data: Buffer, mark: Buffer): number {
  for (let length = Math.min(mark.length - 1, data.length); length > 0; length--) {
    if (data.subarray(data.length - length).equals(mark.subarray(0, length))) return length;
  }
  return 0;
}
