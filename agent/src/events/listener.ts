// The protocol of an event listener on its standard output, as a pure machine (supervisor 4.2.5 dispatchers.py, PEventListenerDispatcher).
//
//   ACKNOWLEDGED ──"READY\n"──▶ READY ──event written──▶ BUSY ──"RESULT n\n" and n bytes──▶ ACKNOWLEDGED
//        │ anything else          │ any output             │ no number on the result line
//        └────────────────────────┴──────▶ UNKNOWN ◀───────┘   for good: only a new start of the process helps

export type ListenerState = "ACKNOWLEDGED" | "READY" | "BUSY" | "UNKNOWN";

export interface Listener {
  readonly state: ListenerState;
  /** Output that does not yet make a message. */
  readonly pending: Buffer;
  /** With BUSY: length of the result that is awaited, once its line has come. */
  readonly resultBytes: number | null;
}

/** What a listener said, in order. */
export type Said =
  | { readonly type: "ready" }
  /** It is done with its event; `data` is to be judged by the result handler. */
  | { readonly type: "result"; readonly data: Buffer }
  /** The result line holds no number: the event counts as rejected. */
  | { readonly type: "bad-result-line"; readonly line: Buffer }
  /** Output where none is allowed. */
  | { readonly type: "violation" };

export interface ListenerStep {
  readonly next: Listener;
  readonly said: readonly Said[];
}

const EMPTY = Buffer.alloc(0);
const READY_TOKEN = Buffer.from("READY\n");
/** As long as `RESULT `; what stands there is not looked at, as supervisord does not. */
const RESULT_PREFIX_BYTES = 7;
/** A line that grows beyond this is none. supervisord would keep it all. */
const LINE_BYTES = 64 * 1024;
const NEWLINE = 10;

export function newListener(): Listener {
  return { state: "ACKNOWLEDGED", pending: EMPTY, resultBytes: null };
}

/** An event was written to it. */
export function sent(listener: Listener): Listener {
  return { ...listener, state: "BUSY", resultBytes: null };
}

/** Takes output. The bytes are copied where they are kept. */
export function heard(listener: Listener, bytes: Buffer): ListenerStep {
  const said: Said[] = [];
  let next: Listener = { ...listener, pending: Buffer.concat([listener.pending, bytes]) };
  for (;;) {
    const step = take(next);
    if (step === null) return { next, said };
    next = step.next;
    said.push(...step.said);
  }
}

/** One message out of what is pending; null when there is none yet. */
function take(listener: Listener): ListenerStep | null {
  if (listener.pending.length === 0) return null;
  switch (listener.state) {
    case "UNKNOWN":
      return { next: { ...listener, pending: EMPTY }, said: [] };
    case "READY":
      return lost({ type: "violation" });
    case "ACKNOWLEDGED":
      return takeReady(listener);
    case "BUSY":
      return listener.resultBytes === null ? takeResultLine(listener) : takeResult(listener, listener.resultBytes);
  }
}

function lost(said: Said): ListenerStep {
  return { next: { state: "UNKNOWN", pending: EMPTY, resultBytes: null }, said: [said] };
}

function takeReady(listener: Listener): ListenerStep | null {
  const { pending } = listener;
  if (pending.length < READY_TOKEN.length) return null;
  if (!pending.subarray(0, READY_TOKEN.length).equals(READY_TOKEN)) return lost({ type: "violation" });
  return {
    next: { state: "READY", pending: pending.subarray(READY_TOKEN.length), resultBytes: null },
    said: [{ type: "ready" }],
  };
}

function takeResultLine(listener: Listener): ListenerStep | null {
  const { pending } = listener;
  const end = pending.indexOf(NEWLINE);
  if (end < 0) return pending.length > LINE_BYTES ? lost({ type: "bad-result-line", line: pending }) : null;
  const line = pending.subarray(0, end);
  const resultBytes = pythonInteger(line.subarray(RESULT_PREFIX_BYTES).toString("latin1"));
  if (resultBytes === null) return lost({ type: "bad-result-line", line });
  return { next: { ...listener, pending: pending.subarray(end + 1), resultBytes }, said: [] };
}

function takeResult(listener: Listener, resultBytes: number): ListenerStep | null {
  const { pending } = listener;
  if (pending.length < resultBytes) return null;
  return {
    next: { state: "ACKNOWLEDGED", pending: pending.subarray(resultBytes), resultBytes: null },
    said: [{ type: "result", data: pending.subarray(0, resultBytes) }],
  };
}

/** What Python's int() reads from text, for numbers that can be lengths; null for what it refuses. */
function pythonInteger(text: string): number | null {
  const match = /^\s*\+?(\d+(?:_\d+)*)\s*$/.exec(text);
  return match?.[1] === undefined ? null : Number(match[1].replaceAll("_", ""));
}
