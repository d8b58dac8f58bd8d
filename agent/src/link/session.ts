// When to dial which controller: the connection to the controller as a pure machine with back-off and full jitter.
//
//   OFF ── start ──▶ DIALLING ── welcome ──▶ ONLINE
//                     ▲    │ closed            │ closed
//                     │    ▼                   │
//            deadline └─ WAITING ◀─────────────┘

export type SessionState = "off" | "dialling" | "online" | "waiting";

export interface Session {
  readonly state: SessionState;
  /** How many controllers are configured, tried in turn. */
  readonly controllers: number;
  /** Which one is dialled or connected. */
  readonly current: number;
  /** Failed attempts since the last welcome. */
  readonly failures: number;
  readonly deadlineMs: number | null;
}

/** `jitter` is a random number in [0, 1), drawn by the caller. */
export type SessionInput =
  | { readonly type: "start" }
  | { readonly type: "welcome" }
  | {
      readonly type: "closed";
      readonly jitter: number;
      /** What the controller asked for; 0 when it did not. */
      readonly retryAfterMs: number;
      /** It does not want us at all: come back rarely. */
      readonly refused: boolean;
    }
  | { readonly type: "deadline" }
  | { readonly type: "stop" };

export interface SessionStep {
  readonly next: Session;
  /** Whether to open a connection to `next.current` now. */
  readonly dial: boolean;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const REFUSED_WAIT_MS = 60_000;

export function newSession(controllers: number): Session {
  return { state: "off", controllers, current: 0, failures: 0, deadlineMs: null };
}

/** The next value and whether to dial. `nowMs` is monotonic. */
export function step(session: Session, input: SessionInput, nowMs: number): SessionStep {
  switch (input.type) {
    case "start":
      return session.state === "off" ? dial(session) : stay(session);
    case "welcome":
      return stay(session.state === "dialling" ? { ...session, state: "online", failures: 0 } : session);
    case "closed":
      return session.state === "off" || session.state === "waiting" ? stay(session) : wait(session, input, nowMs);
    case "deadline":
      return session.state === "waiting" ? dial(session) : stay(session);
    case "stop":
      return stay({ ...session, state: "off", deadlineMs: null });
  }
}

const stay = (next: Session): SessionStep => ({ next, dial: false });
const dial = (session: Session): SessionStep => ({
  next: { ...session, state: "dialling", deadlineMs: null },
  dial: true,
});

/** Full jitter: anything from nothing to the whole wait, so that thousands do not come back together. */
function wait(session: Session, input: Extract<SessionInput, { type: "closed" }>, nowMs: number): SessionStep {
  const failures = session.failures + 1;
  // Every controller of the list gets its turn before the wait grows.
  const round = Math.floor((failures - 1) / session.controllers);
  const longest = input.refused ? REFUSED_WAIT_MS : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(round, 10));
  const spread = Math.max(longest, input.retryAfterMs);
  return stay({
    ...session,
    state: "waiting",
    failures,
    current: (session.current + 1) % session.controllers,
    deadlineMs: nowMs + input.retryAfterMs + input.jitter * spread,
  });
}
