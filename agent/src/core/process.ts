// The life of one supervised process as a pure machine: `transition` gives the next value and what is to be done.
//
//                 start                     elapsed > startsecs
//   STOPPED ───────────────▶ STARTING ───────────────────────────▶ RUNNING
//      ▲ ▲                    │  ▲ │ ▲                             │     │ exit
//      │ │      spawn failed, │  │ │ │ start, restart              │     ▼
//      │ │     exit too quick ▼  │ │ └──────────────────────────── │ ── EXITED
//      │ └─── stop ───── BACKOFF │ │ stop                     stop │
//      │                  │  │   │ └────────▶ STOPPING ◀───────────┘
//      │       tries over │  └───┘ delay over   │  │
//      │                  ▼                     │  └─▶ SIGKILL every stopwaitsecs
//      │                FATAL ── start ─▶ …     │ exit
//      └────────────────────────────────────────┘       any signal refused by the kernel: UNKNOWN
//
// Source of every edge: supervisor 4.2.5 process.py (Subprocess.spawn, stop, kill, finish, transition).
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { backoffMs, restartAtMs, SHORT_LIFE_MS, shouldRestart } from "./restart.js";

/** What an operator configured about one process, in milliseconds. Options as in docs/configuration.rst. */
export interface ProcessRules {
  /** `autorestart`. */
  readonly autorestart: boolean | "unexpected";
  /** `startsecs`: alive for longer than this is RUNNING. */
  readonly startMs: number;
  /** `startretries`: attempts after the first failed one. */
  readonly startRetries: number;
  /** `exitcodes`. */
  readonly exitCodes: readonly number[];
  /** `stopsignal`, as a number. */
  readonly stopSignal: number;
  /** `stopwaitsecs`: from the stop signal to SIGKILL, and between SIGKILLs. */
  readonly stopWaitMs: number;
  /** `stopasgroup`: the stop signal goes to the process group. */
  readonly stopAsGroup: boolean;
  /** `killasgroup`: SIGKILL goes to the process group. */
  readonly killAsGroup: boolean;
}

/** How a life ended: by itself with a code, or by a signal (then the code is -1, as supervisord counts it). */
export interface ExitStatus {
  readonly code: number;
  readonly signal: number | null;
  readonly coreDumped: boolean;
}

export interface Process {
  readonly rules: ProcessRules;
  readonly state: ProcessState;
  /** What was last asked for; a process that is wanted down is never started again by itself. */
  readonly wanted: "up" | "down";
  /** 0 when there is no child. */
  readonly pid: number;
  /** Failed attempts in a row; supervisord's `backoff`. */
  readonly tries: number;
  /** Monotonic time of the last attempt; null before the first. */
  readonly startedMs: number | null;
  /** The last life that was no failed attempt ended within a second. */
  readonly wasShort: boolean;
  /** When a `deadline` input is due; null for never. */
  readonly deadlineMs: number | null;
  /** How the last life ended; null while it runs or never ran. */
  readonly exit: ExitStatus | null;
  /** Why the last attempt failed, in supervisord's words. */
  readonly spawnError: string | null;
}

export type Input =
  | { readonly type: "start" }
  | { readonly type: "stop" }
  /** The supervisor is shutting down: end retries, start nothing again. */
  | { readonly type: "retire" }
  | { readonly type: "spawned"; readonly pid: number }
  | { readonly type: "spawn-failed"; readonly reason: string }
  | { readonly type: "exited"; readonly status: ExitStatus }
  /** The kernel refused a signal for another reason than that the process is gone. */
  | { readonly type: "signal-failed"; readonly reason: string }
  | { readonly type: "deadline" };

/** A change of state as supervisord announces it; `pid` and `tries` are those of the moment. */
export interface StateEvent {
  readonly from: ProcessState;
  readonly to: ProcessState;
  readonly pid: number;
  readonly tries: number;
  /** With `to` EXITED: whether the code is in `exitcodes`. */
  readonly expected: boolean | null;
}

/** A line for the activity log that is no change of state, or says more than one. */
export type Note =
  | { readonly type: "stayed-up" }
  | { readonly type: "gave-up" }
  | { readonly type: "spawn-error"; readonly reason: string }
  | {
      readonly type: "exited";
      readonly status: ExitStatus;
      readonly expected: boolean;
    }
  | { readonly type: "stopped"; readonly status: ExitStatus }
  | { readonly type: "killing"; readonly pid: number }
  | { readonly type: "already-running" };

export type Effect =
  | { readonly type: "spawn" }
  | {
      readonly type: "signal";
      readonly signal: number;
      readonly wholeGroup: boolean;
    }
  | { readonly type: "emit"; readonly event: StateEvent }
  | { readonly type: "note"; readonly note: Note };

export interface Step {
  readonly next: Process;
  readonly effects: readonly Effect[];
}

export const SIGKILL = 9;
/** A child that is stuck in the kernel does not end sooner for being asked more often; supervisord looks once a second. */
const KILL_AGAIN_MS = 1000;
export const EXITED_TOO_QUICKLY = "Exited too quickly (process log may have details)";

/** A process that was never started. */
export function newProcess(rules: ProcessRules): Process {
  return {
    rules,
    state: "STOPPED",
    wanted: "down",
    pid: 0,
    tries: 0,
    startedMs: null,
    wasShort: false,
    deadlineMs: null,
    exit: null,
    spawnError: null,
  };
}

/** The next value and its effects, to be performed in order. `nowMs` is monotonic. Inputs that mean nothing in a state are ignored. */
export function transition(process: Process, input: Input, nowMs: number): Step {
  const edges: { readonly [T in Input["type"]]: Edge<T> } = TABLE[process.state];
  const edge = edges[input.type] as Edge<Input["type"]>;
  return edge(process, input, nowMs);
}

// ---- edges ----------------------------------------------------------------------------------------------------

type Edge<T extends Input["type"]> = (process: Process, input: Extract<Input, { type: T }>, nowMs: number) => Step;

/** Goes to `to` and announces it; `changes` are in place before the event is made. */
function enter(process: Process, to: ProcessState, changes: Partial<Process>, expected: boolean | null = null): Step {
  const next: Process = { ...process, ...changes, state: to };
  // A stop and an exit report the pid that was, all others the pid that is (events.py, ProcessStateEvent.extra_values).
  const pid = to === "EXITED" || to === "STOPPED" ? process.pid : next.pid;
  return {
    next,
    effects: [emit({ from: process.state, to, pid, tries: next.tries, expected })],
  };
}

const emit = (event: StateEvent): Effect => ({ type: "emit", event });
const note = (value: Note): Effect => ({ type: "note", note: value });
const also = (step: Step, ...more: Effect[]): Step => ({
  next: step.next,
  effects: [...step.effects, ...more],
});
const chain = (first: Step, then: (process: Process) => Step): Step => {
  const second = then(first.next);
  return { next: second.next, effects: [...first.effects, ...second.effects] };
};

const ignore = (process: Process): Step => ({ next: process, effects: [] });
const wantDown = (process: Process): Step => ({
  next: { ...process, wanted: "down" },
  effects: [],
});

/** process.py, spawn: the state changes before anything is tried. */
const spawn = (process: Process, _: unknown, nowMs: number): Step =>
  also(
    enter(process, "STARTING", {
      wanted: "up",
      pid: 0,
      startedMs: nowMs,
      deadlineMs: null,
      exit: null,
      spawnError: null,
    }),
    { type: "spawn" },
  );

/** process.py, BACKOFF entry: one more try, a wait of as many seconds; with none left the next check gives up. */
function backOff(process: Process, reason: string, nowMs: number): Step {
  const tries = process.tries + 1;
  const over = tries > process.rules.startRetries || process.wanted === "down";
  const step = enter(process, "BACKOFF", {
    pid: 0,
    tries,
    spawnError: reason,
    exit: null,
    deadlineMs: over ? nowMs : nowMs + backoffMs(tries),
  });
  return process.wanted === "down" ? chain(step, retireBackoff) : step;
}

const failSpawn: Edge<"spawn-failed"> = (process, input, nowMs) => {
  const step = backOff(process, input.reason, nowMs);
  return {
    next: step.next,
    effects: [note({ type: "spawn-error", reason: input.reason }), ...step.effects],
  };
};

const run = (process: Process): Step => enter(process, "RUNNING", { deadlineMs: null, tries: 0 });
const stayUp = (process: Process): Step => also(run(process), note({ type: "stayed-up" }));

/** With nothing to stay up for it runs at once: whoever asked hears so even if it ends at once (rpcinterface.py, startProcess). */
const forked: Edge<"spawned"> = (process, input, nowMs) =>
  process.rules.startMs <= 0
    ? stayUp({ ...process, pid: input.pid })
    : { next: { ...process, pid: input.pid, deadlineMs: nowMs + process.rules.startMs }, effects: [] };

/** process.py, finish: an exit before `startsecs` is a failed attempt, whatever its code. */
const exitWhileStarting: Edge<"exited"> = (process, input, nowMs) => {
  const expected = input.status.signal === null && process.rules.exitCodes.includes(input.status.code);
  if (process.startedMs !== null && nowMs - process.startedMs < process.rules.startMs) {
    return also(
      backOff(process, EXITED_TOO_QUICKLY, nowMs),
      note({ type: "exited", status: input.status, expected: false }),
    );
  }
  return chain(run(process), (running) => end(running, input.status, expected, nowMs));
};

const exitWhileRunning: Edge<"exited"> = (process, input, nowMs) =>
  end(
    process,
    input.status,
    input.status.signal === null && process.rules.exitCodes.includes(input.status.code),
    nowMs,
  );

function end(process: Process, status: ExitStatus, expected: boolean, nowMs: number): Step {
  const again = process.wanted === "up" && shouldRestart(process.rules.autorestart, expected);
  const startedMs = process.startedMs ?? nowMs;
  const step = enter(
    process,
    "EXITED",
    {
      pid: 0,
      tries: 0,
      exit: status,
      spawnError: expected ? null : `Bad exit code ${status.code}`,
      wasShort: nowMs - startedMs < SHORT_LIFE_MS,
      deadlineMs: again ? restartAtMs(startedMs, process.wasShort, nowMs) : null,
    },
    expected,
  );
  return also(step, note({ type: "exited", status, expected }));
}

/** The event comes before the signal, so that listeners hear of the stop before the child does (process.py, kill). */
const beginStop: Edge<"stop"> = (process, _, nowMs) =>
  also(
    enter(process, "STOPPING", {
      wanted: "down",
      deadlineMs: nowMs + process.rules.stopWaitMs,
    }),
    {
      type: "signal",
      signal: process.rules.stopSignal,
      wholeGroup: process.rules.stopAsGroup,
    },
  );

const kill: Edge<"deadline"> = (process, _, nowMs) => ({
  next: { ...process, deadlineMs: nowMs + Math.max(process.rules.stopWaitMs, KILL_AGAIN_MS) },
  effects: [
    note({ type: "killing", pid: process.pid }),
    { type: "signal", signal: SIGKILL, wholeGroup: process.rules.killAsGroup },
  ],
});

/** process.py, spawn: while there is a child no other is made. */
const refuseStart = (process: Process): Step => ({ next: process, effects: [note({ type: "already-running" })] });

const stopped: Edge<"exited"> = (process, input) =>
  also(
    enter(process, "STOPPED", { pid: 0, exit: input.status, deadlineMs: null }),
    note({ type: "stopped", status: input.status }),
  );

/** A stop in BACKOFF keeps `tries`, as supervisord does: a later start has fewer attempts left. */
const stopBackoff = (process: Process): Step => enter(process, "STOPPED", { wanted: "down", deadlineMs: null });

const retireBackoff = (process: Process): Step =>
  enter(process, "FATAL", { wanted: "down", tries: 0, deadlineMs: null });

const retryOrGiveUp: Edge<"deadline"> = (process, input, nowMs) =>
  process.tries > process.rules.startRetries
    ? also(enter(process, "FATAL", { tries: 0, deadlineMs: null }), note({ type: "gave-up" }))
    : spawn(process, input, nowMs);

const cancelRestart = (process: Process): Step => ({
  next: { ...process, wanted: "down", deadlineMs: null },
  effects: [],
});

const lose: Edge<"signal-failed"> = (process) => enter(process, "UNKNOWN", { deadlineMs: null });

/** A child of unknown fate that ends after all is reaped; supervisord leaves UNKNOWN to the operator. */
const reapUnknown: Edge<"exited"> = (process, input) => ({
  next: { ...process, pid: 0, exit: input.status },
  effects: [],
});

const RESTING = {
  start: spawn,
  stop: ignore,
  retire: wantDown,
  spawned: ignore,
  "spawn-failed": ignore,
  exited: ignore,
  "signal-failed": ignore,
  deadline: ignore,
};

const TABLE: {
  readonly [S in ProcessState]: { readonly [T in Input["type"]]: Edge<T> };
} = {
  STOPPED: RESTING,
  FATAL: RESTING,
  STARTING: {
    start: ignore,
    stop: beginStop,
    retire: wantDown,
    spawned: forked,
    "spawn-failed": failSpawn,
    exited: exitWhileStarting,
    "signal-failed": lose,
    deadline: stayUp,
  },
  RUNNING: {
    start: ignore,
    stop: beginStop,
    retire: wantDown,
    spawned: ignore,
    "spawn-failed": ignore,
    exited: exitWhileRunning,
    "signal-failed": lose,
    deadline: ignore,
  },
  BACKOFF: {
    start: ignore,
    stop: stopBackoff,
    retire: retireBackoff,
    spawned: ignore,
    "spawn-failed": ignore,
    exited: ignore,
    "signal-failed": ignore,
    deadline: retryOrGiveUp,
  },
  STOPPING: {
    start: refuseStart,
    stop: ignore,
    retire: wantDown,
    spawned: ignore,
    "spawn-failed": ignore,
    exited: stopped,
    "signal-failed": lose,
    deadline: kill,
  },
  EXITED: {
    ...RESTING,
    stop: cancelRestart,
    retire: cancelRestart,
    deadline: spawn,
  },
  UNKNOWN: { ...RESTING, start: ignore, retire: wantDown, exited: reapUnknown },
};
