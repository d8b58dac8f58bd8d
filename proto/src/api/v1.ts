// The controller's public HTTP API, version 1: one schema each for validation, types and the OpenAPI document.
// Times are milliseconds since the epoch (`...AtMs`), sizes are bytes. Fields are added, never renamed.
import { type Static, Type } from "typebox";
import { ACCESS_VERB_NAMES, ROLES, USER_NAME } from "../vocabulary/access.js";
import { ERROR_KINDS } from "../vocabulary/errors.js";
import { HISTORY_CAUSE_NAMES, HISTORY_CAUSES, HISTORY_KIND_NAMES, HISTORY_KINDS } from "../vocabulary/history.js";
import {
  OPERATION_STATE_NAMES,
  OPERATION_STATES,
  OPERATION_VERB_NAMES,
  TARGET_RESULT_NAMES,
  TARGET_RESULTS,
} from "../vocabulary/operations.js";
import { LIVENESS, PROCESS_STATE_NAMES } from "../vocabulary/states.js";
import { BACKUP_ORIGIN_NAMES, BACKUP_ORIGINS, STORED_KIND_NAMES, STORED_KINDS } from "../vocabulary/stored.js";

function literals<T extends string>(names: readonly T[], description: string) {
  return Type.Unsafe<T>({ type: "string", enum: [...names], description });
}

const meanings = (table: Readonly<Record<string, string>>) =>
  Object.entries(table)
    .map(([name, meaning]) => `${name}: ${meaning}`)
    .join("; ");

const Nullable = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const TimeMs = (description: string) => Type.Integer({ description: `${description}; ms since the epoch` });

export const ProcessStateName = literals(PROCESS_STATE_NAMES, "supervisord's process state");
export const LivenessName = literals(LIVENESS, "live: heard of lately; late: overdue; lost: given up, data is old");

/** How many processes are in each state; states with none are left out. */
export const StateCounts = Type.Record(Type.String(), Type.Integer(), { description: "Processes by state" });

export const ApiError = Type.Object(
  {
    error: Type.Object({
      kind: literals(Object.keys(ERROR_KINDS) as (keyof typeof ERROR_KINDS)[], "what sort of failure"),
      message: Type.String({ description: "One line for the person who asked" }),
    }),
  },
  { $id: "ApiError" },
);
export type ApiError = Static<typeof ApiError>;

// ---- fleet ----------------------------------------------------------------------------------------------------

/** Fetched with lists and single rows; events of the live stream go without, since they are the same for everybody. */
const May = Type.Optional(
  Type.Array(literals(ACCESS_VERB_NAMES, "Allowed"), { description: "What the caller may do to it besides seeing it" }),
);

/** Of now, to be fetched with lists. Events of the live stream go without: they tell of changes, and this changes all the time. */
const Measured = (description: string) => Type.Optional(Nullable(Type.Number({ description })));

export const Instance = Type.Object(
  {
    name: Type.String({ description: "Unique name of the managed supervisor" }),
    id: Type.String({ description: "Identity of the agent, fixed at its enrolment" }),
    kind: literals(["agent"], "What manages it"),
    labels: Type.Record(Type.String(), Type.String()),
    liveness: LivenessName,
    livenessReason: Nullable(Type.String({ description: "Why it is not live" })),
    warning: Type.Optional(
      Nullable(Type.String({ description: "What is wrong though it may be live: a copy of its agent is about" })),
    ),
    livenessSinceMs: TimeMs("When it came to this liveness"),
    lastHeardAtMs: TimeMs("Last message from it"),
    hostName: Type.String(),
    version: Type.String({ description: "fleetvisor version of the agent" }),
    identifier: Type.String({ description: "`identifier` of its [supervisord] section" }),
    mood: Type.String({ description: "RUNNING, RESTARTING or SHUTDOWN" }),
    pid: Type.Integer({ description: "Process id of the supervisor" }),
    supervisorStartedAtMs: TimeMs("Start of the supervisor"),
    configFile: Type.String(),
    clockSkewMs: Type.Integer({ description: "Host clock minus controller clock, as of the last heartbeat" }),
    counts: StateCounts,
    processCount: Type.Integer(),
    cpuPercent: Measured("Use of all CPUs of its host together, 0 to 100; null where it is not known or not granted"),
    memoryBytes: Measured("Memory of its host that is in use"),
    memoryTotalBytes: Measured("Memory that its host has"),
    load: Measured("Load average of its host over the last minute"),
    may: May,
  },
  { $id: "Instance" },
);
export type Instance = Static<typeof Instance>;

export const Process = Type.Object(
  {
    target: Type.String({ description: "instance/group:name" }),
    instance: Type.String(),
    group: Type.String(),
    name: Type.String(),
    state: ProcessStateName,
    liveness: LivenessName,
    sinceMs: TimeMs("When it entered this state, by the host's clock"),
    pid: Nullable(Type.Integer()),
    startedAtMs: Nullable(TimeMs("Last start")),
    stoppedAtMs: Nullable(TimeMs("Last stop")),
    exitCode: Nullable(
      Type.Integer({ description: "Of the last life; null when a signal ended it or it never ended" }),
    ),
    exitSignal: Nullable(Type.String({ description: "SIGKILL; null when it ended by itself" })),
    exitExpected: Nullable(Type.Boolean({ description: "Whether the last end was in `exitcodes`" })),
    spawnError: Nullable(Type.String()),
    tries: Type.Integer({ description: "Failed attempts in a row" }),
    description: Type.String({ description: "As supervisorctl status shows it, without the uptime of RUNNING" }),
    command: Type.String(),
    priority: Type.Integer(),
    autostart: Type.Boolean(),
    autorestart: Type.String({ description: "true, false or unexpected" }),
    hasStdoutLog: Type.Boolean(),
    hasStderrLog: Type.Boolean(),
    cpuPercent: Measured("Use of CPU by its process group, 100 for one CPU; null when none is known"),
    memoryBytes: Measured("Resident memory of its process group; pages that several share count for each"),
    may: May,
  },
  { $id: "Process" },
);
export type Process = Static<typeof Process>;

export const ALARM_KINDS = ["store", "identity"] as const;

export const Alarm = Type.Object({
  kind: literals(ALARM_KINDS, "store: history is not written or cannot be read; identity: a copy of an agent is about"),
  message: Type.String({ description: "One line for people" }),
  sinceMs: TimeMs("When it began"),
  instance: Nullable(Type.String({ description: "The one concerned; null for the controller itself" })),
});
export type Alarm = Static<typeof Alarm>;

export const FleetSummary = Type.Object(
  {
    atMs: TimeMs("When this was computed"),
    instances: Type.Object({ total: Type.Integer(), live: Type.Integer(), late: Type.Integer(), lost: Type.Integer() }),
    processes: Type.Integer(),
    counts: StateCounts,
    alarms: Type.Optional(
      Type.Array(Alarm, {
        description: "What is wrong with the controller itself, or with who speaks for an instance",
      }),
    ),
    verdict: literals(["ok", "degraded", "failing", "empty"], "failing: a FATAL or UNKNOWN process or a lost instance"),
    trouble: Type.Array(Process, { description: "FATAL, BACKOFF and UNKNOWN processes, worst first, at most 50" }),
    troubleTotal: Type.Integer(),
  },
  { $id: "FleetSummary" },
);
export type FleetSummary = Static<typeof FleetSummary>;

export const InstanceList = Type.Object({ items: Type.Array(Instance) }, { $id: "InstanceList" });
export type InstanceList = Static<typeof InstanceList>;

export const InstanceQuery = Type.Object(
  {
    selector: Type.Optional(
      Type.String({ maxLength: 4096, description: "Instances of which it takes something: web-*/all, role=web" }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: "The first so many by name" })),
  },
  { additionalProperties: false },
);
export type InstanceQuery = Static<typeof InstanceQuery>;

export const ProcessList = Type.Object(
  {
    items: Type.Array(Process),
    total: Type.Integer({ description: "Rows that match, over all pages" }),
    nextCursor: Nullable(Type.String({ description: "Give it as `cursor` for the next page" })),
  },
  { $id: "ProcessList" },
);
export type ProcessList = Static<typeof ProcessList>;

export const PROCESS_SORT_KEYS = ["target", "state", "since", "cpu", "memory"] as const;

export const ProcessQuery = Type.Object(
  {
    selector: Type.Optional(
      Type.String({ maxLength: 4096, description: "web-*/api:*, role=web/worker:*, state=FATAL" }),
    ),
    sort: Type.Optional(
      literals(PROCESS_SORT_KEYS, "state sorts worst first, since newest first, cpu and memory most first"),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 200 })),
    cursor: Type.Optional(Type.String({ maxLength: 4096 })),
    offset: Type.Optional(
      Type.Integer({
        minimum: 0,
        default: 0,
        description:
          "Rows before the page, instead of `cursor`: any part at once, though rows shift as others come and go",
      }),
    ),
  },
  { additionalProperties: false },
);
export type ProcessQuery = Static<typeof ProcessQuery>;

// ---- metrics --------------------------------------------------------------------------------------------------

const Column = Type.Array(Nullable(Type.Number()));
const Spread = (description: string) => Type.Object({ min: Column, avg: Column, max: Column }, { description });

/** Columns of one length, for charts. A point without figures is null in each of them, so that a line is broken there. */
export const MetricSeries = Type.Object(
  {
    source: literals(["raw", "minute", "hour"], "What the points are made of: samples as they were, minutes or hours"),
    stepMs: Type.Integer({ description: "Time of one point; of raw samples the time between two, about" }),
    atMs: Type.Array(Type.Integer(), {
      description: "Beginning of each point, by the controller's clock; oldest first",
    }),
    cpuPercent: Spread("100 for one CPU; of a host for all of them"),
    memoryBytes: Spread("Resident memory of the process group; of a host what is in use"),
    load: Type.Optional(Spread("Of a host: its load average over a minute")),
    memoryTotalBytes: Type.Optional(Nullable(Type.Number({ description: "Of a host: the memory that it has" }))),
  },
  { $id: "MetricSeries" },
);
export type MetricSeries = Static<typeof MetricSeries>;

export const MetricQuery = Type.Object(
  {
    sinceMs: Type.Optional(Type.Integer({ minimum: 0, description: "An hour ago when left out" })),
    untilMs: Type.Optional(Type.Integer({ minimum: 0, description: "Now when left out" })),
    points: Type.Optional(
      Type.Integer({ minimum: 2, maximum: 2000, default: 300, description: "At most about so many" }),
    ),
  },
  { additionalProperties: false },
);
export type MetricQuery = Static<typeof MetricQuery>;

// ---- history --------------------------------------------------------------------------------------------------

export const HistoryEvent = Type.Object(
  {
    id: Type.Integer({ description: "Rises in the order of commit; another number for who sees a part of history" }),
    kind: literals(HISTORY_KIND_NAMES, meanings(HISTORY_KINDS)),
    atMs: TimeMs("When, by the clock of the host it happened on"),
    instance: Type.String(),
    group: Nullable(Type.String()),
    name: Nullable(Type.String()),
    fromState: Nullable(ProcessStateName),
    toState: Nullable(ProcessStateName),
    pid: Nullable(Type.Integer()),
    exitCode: Nullable(Type.Integer()),
    exitSignal: Nullable(Type.String()),
    exitExpected: Nullable(Type.Boolean()),
    coreDumped: Type.Boolean(),
    oomKilled: Type.Boolean({
      description: "The system ended it for want of memory; said only where the system tells",
    }),
    spawnError: Nullable(Type.String()),
    uptimeMs: Nullable(Type.Integer()),
    cpuMs: Nullable(Type.Integer()),
    peakMemoryBytes: Nullable(Type.Integer()),
    stdoutTail: Nullable(Type.String({ description: "Last lines before the end, read as UTF-8" })),
    stderrTail: Nullable(Type.String()),
    operationId: Nullable(Type.String()),
    user: Nullable(Type.String({ description: "Who asked for it, if somebody did" })),
    detail: Nullable(Type.String({ description: "Reason of an instance-down, size of a gap" })),
  },
  { $id: "HistoryEvent" },
);
export type HistoryEvent = Static<typeof HistoryEvent>;

export const HistoryPage = Type.Object(
  { items: Type.Array(HistoryEvent, { description: "Newest first" }), nextCursor: Nullable(Type.String()) },
  { $id: "HistoryPage" },
);
export type HistoryPage = Static<typeof HistoryPage>;

export const HistoryQuery = Type.Object(
  {
    selector: Type.Optional(Type.String({ maxLength: 4096 })),
    sinceMs: Type.Optional(Type.Integer()),
    untilMs: Type.Optional(Type.Integer()),
    user: Type.Optional(Type.String({ maxLength: 128, description: "Only what this user asked for" })),
    cause: Type.Optional(literals(HISTORY_CAUSE_NAMES, meanings(HISTORY_CAUSES))),
    kind: Type.Optional(literals(HISTORY_KIND_NAMES, "Only events of this kind")),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    cursor: Type.Optional(Type.String({ maxLength: 4096 })),
  },
  { additionalProperties: false },
);
export type HistoryQuery = Static<typeof HistoryQuery>;

// ---- operations -----------------------------------------------------------------------------------------------

const RESULT_MEANINGS = meanings(
  Object.fromEntries(Object.entries(TARGET_RESULTS).map(([name, { meaning }]) => [name, meaning])),
);

/** An operation is told with so many of its targets; the others come in pages. */
export const MOST_TARGETS_TOLD = 200;

export const OperationTarget = Type.Object(
  {
    target: Type.String({ description: "INSTANCE/GROUP:NAME, or INSTANCE where the verb is for whole instances" }),
    instance: Type.String(),
    group: Nullable(Type.String({ description: "Null where the verb is for whole instances" })),
    name: Nullable(Type.String()),
    result: literals(TARGET_RESULT_NAMES, RESULT_MEANINGS),
    code: Nullable(Type.Integer({ description: "supervisord's fault number, 80 for success" })),
    message: Type.String({ description: "OK, what was done, or the fault as the agent said it" }),
    finishedAtMs: Nullable(TimeMs("When the result was known")),
    startedAtMs: Type.Optional(Nullable(TimeMs("When its order left"))),
    batch: Type.Optional(Type.Integer({ description: "Number of its batch, from 1" })),
  },
  { $id: "OperationTarget" },
);
export type OperationTarget = Static<typeof OperationTarget>;

/** How an operation goes about its targets. */
const PLAN = {
  batch: Type.Optional(
    Type.String({
      pattern: "^([1-9]\\d{0,5}|([1-9]\\d?|100)%)$",
      description: "Targets done at a time: a count, or a share such as 10%, rounded up. All at once without",
    }),
  ),
  pauseMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 86_400_000,
      default: 0,
      description: "Between the end of a batch and the next",
    }),
  ),
  waitRunningMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 3_600_000,
      default: 0,
      description:
        "With start, restart and signal: a target succeeds once it has been RUNNING for so long, by its agent's reports, and fails when it leaves RUNNING before",
    }),
  ),
  maxFailures: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 1_000_000,
      description:
        "With more failed or unknown targets no further batch begins and the rest is skipped. Without: 0 when there are batches, else no limit",
    }),
  ),
  timeoutMs: Type.Optional(
    Type.Integer({
      minimum: 1000,
      maximum: 3_600_000,
      default: 60_000,
      description: "For each batch: a target whose order is not answered by then is unknown",
    }),
  ),
};

export const OperationPlan = Type.Object(
  {
    batch: Nullable(Type.String({ description: "Count or share of targets at a time; null for all at once" })),
    pauseMs: Type.Integer(),
    waitRunningMs: Type.Integer(),
    maxFailures: Nullable(Type.Integer({ description: "Null for no limit" })),
    timeoutMs: Type.Integer(),
  },
  { $id: "OperationPlan" },
);
export type OperationPlan = Static<typeof OperationPlan>;

/** What is known of an operation besides its targets. Optional fields are missing from older controllers. */
const OPERATION_HEAD = {
  id: Type.String(),
  verb: literals(OPERATION_VERB_NAMES, "What to do"),
  selector: Type.String({ description: "As asked; of others' operations seen in part, what is seen of it" }),
  signal: Nullable(Type.String()),
  groups: Type.Optional(Type.Array(Type.String(), { description: "With add, remove and update: the groups named" })),
  user: Type.String(),
  state: literals(OPERATION_STATE_NAMES, meanings(OPERATION_STATES)),
  reason: Type.Optional(Nullable(Type.String({ description: "Why it ended before its last target, if it did" }))),
  createdAtMs: TimeMs("When it was asked for"),
  finishedAtMs: Nullable(TimeMs("When the last target's result was known")),
  plan: Type.Optional(Nullable(OperationPlan)),
  batch: Type.Optional(Type.Integer({ description: "Number of the batch that is under way, from 1" })),
  batches: Type.Optional(Type.Integer({ description: "How many there are" })),
  resumesAtMs: Type.Optional(Nullable(TimeMs("End of the pause between two batches, while there is one"))),
  counts: Type.Optional(Type.Record(Type.String(), Type.Integer(), { description: "Targets by result" })),
  recorded: Type.Optional(
    Type.Boolean({
      description: "False while the controller cannot write: a crash would make it forget the operation",
    }),
  ),
};

/** What an operation would touch, told of all its targets where only some are named. */
export const OperationImpact = Type.Object({
  targets: Type.Integer(),
  instances: Type.Integer({ description: "On so many of them" }),
  most: Type.Array(Type.Object({ instance: Type.String(), targets: Type.Integer() }), {
    description: "Those with most targets, at most 8",
  }),
  batches: Type.Integer(),
  batchSize: Type.Integer({ description: "Targets of a batch; the last may have fewer" }),
});
export type OperationImpact = Static<typeof OperationImpact>;

export const Operation = Type.Object(
  {
    ...OPERATION_HEAD,
    impact: Type.Optional(OperationImpact),
    targets: Type.Array(OperationTarget, {
      description: `In the order of their batches, the first ${MOST_TARGETS_TOLD} at most; with dryRun all that were asked for`,
    }),
    moreTargets: Type.Optional(
      Type.String({
        description: "There are more: give it as `cursor` of /operations/{id}/targets. Missing when these are all",
      }),
    ),
  },
  { $id: "Operation" },
);
export type Operation = Static<typeof Operation>;

export const OperationTargetsQuery = Type.Object(
  {
    result: Type.Optional(
      Type.String({
        pattern: `^(${TARGET_RESULT_NAMES.join("|")})(,(${TARGET_RESULT_NAMES.join("|")}))*$`,
        description: "Only those that became this; several with commas between: failed,unknown",
      }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    cursor: Type.Optional(Type.String({ maxLength: 32 })),
  },
  { $id: "OperationTargetsQuery", additionalProperties: false },
);

export const OperationTargetList = Type.Object(
  {
    items: Type.Array(OperationTarget, { description: "In the order of their batches" }),
    nextCursor: Nullable(Type.String({ description: "Give it as `cursor` for the next page" })),
  },
  { $id: "OperationTargetList" },
);
export type OperationTargetList = Static<typeof OperationTargetList>;

export const OperationProgress = Type.Object(
  {
    ...OPERATION_HEAD,
    changed: Type.Array(OperationTarget, { description: "Targets that differ since the event before" }),
    tooMany: Type.Optional(
      Type.Boolean({
        description:
          "More of them differ than an event holds, and `changed` is empty: ask for the operation where each matters",
      }),
    ),
  },
  { $id: "OperationProgress" },
);
export type OperationProgress = Static<typeof OperationProgress>;

export const OperationList = Type.Object(
  {
    items: Type.Array(Operation, { description: "Newest first, without their targets: `counts` tells how they are" }),
    nextCursor: Type.Optional(Nullable(Type.String({ description: "Give it as `cursor` for the next page" }))),
  },
  { $id: "OperationList" },
);
export type OperationList = Static<typeof OperationList>;

export const OperationsQuery = Type.Object(
  {
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
    cursor: Type.Optional(Type.String({ maxLength: 128 })),
    state: Type.Optional(literals(OPERATION_STATE_NAMES, "Only those in this state")),
    verb: Type.Optional(literals(OPERATION_VERB_NAMES, "Only those of this verb")),
    user: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: "Only those of this user" })),
  },
  { $id: "OperationsQuery", additionalProperties: false },
);

export const OperationRequest = Type.Object(
  {
    verb: literals(OPERATION_VERB_NAMES, "What to do"),
    selector: Type.String({
      minLength: 1,
      maxLength: 65_536,
      description: "Processes; with update, add, remove, reload and shutdown instances: web-1, role=web, all",
    }),
    signal: Type.Optional(Type.String({ maxLength: 32, description: "With verb signal: HUP, SIGHUP or a number" })),
    groups: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        minItems: 1,
        maxItems: 1_000,
        description: "With add and remove: which groups; with update: only these",
      }),
    ),
    dryRun: Type.Optional(
      Type.Boolean({ description: "Answer with the resolved targets and their batches, all pending; do nothing" }),
    ),
    mostTargets: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: "With dryRun: name only the first so many, and tell of all of them by `impact`",
      }),
    ),
    ...PLAN,
    waitMs: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 300_000,
        default: 0,
        description: "Answer when finished or after this long",
      }),
    ),
  },
  { $id: "OperationRequest", additionalProperties: false },
);
export type OperationRequest = Static<typeof OperationRequest>;

// ---- logs -----------------------------------------------------------------------------------------------------

export const LOG_CHANNELS = ["stdout", "stderr"] as const;

export const LogTail = Type.Object(
  {
    text: Type.String({ description: "The last bytes of the log, read as UTF-8 with replacement marks" }),
    bytes: Type.Integer({ description: "How many bytes of the file that is" }),
  },
  { $id: "LogTail" },
);
export type LogTail = Static<typeof LogTail>;

/** Query of a log tail and of a log stream, which begins with the same tail. */
export const LogQuery = Type.Object(
  {
    tailBytes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_048_576,
        default: 16_384,
        description: "How much of the end to begin with",
      }),
    ),
  },
  { additionalProperties: false },
);
export type LogQuery = Static<typeof LogQuery>;

/** Data of `chunk` events on a log stream; `end` events carry `{ reason }`. */
export const LogChunk = Type.Object(
  {
    text: Type.String(),
    skippedBytes: Type.Integer({ description: "Left out before this text: the reader was too slow" }),
    start: Type.Optional(
      Nullable(
        Type.String({ description: "Where it begins, to ask for what is before it; null for what was written live" }),
      ),
    ),
  },
  { $id: "LogChunk" },
);
export type LogChunk = Static<typeof LogChunk>;

export const LOG_SEARCH_CHANNELS = ["stdout", "stderr", "both"] as const;

/** Query of a search of logs. Both sorts of text are looked for line by line. */
export const LogSearchQuery = Type.Object(
  {
    selector: Type.String({ minLength: 1, maxLength: 4096, description: "Of which processes" }),
    pattern: Type.String({
      minLength: 1,
      maxLength: 1024,
      description: "A JavaScript regular expression, or with `literal` plain text",
    }),
    literal: Type.Optional(Type.Boolean({ default: false })),
    ignoreCase: Type.Optional(Type.Boolean({ default: false })),
    channel: Type.Optional(literals(LOG_SEARCH_CHANNELS, "Which logs; stdout without")),
    maxMatches: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100_000, default: 1000, description: "The search ends after so many" }),
    ),
    newestBytes: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2 ** 40,
        default: 134_217_728,
        description: "Of each log only so many of its newest bytes, rotated files included",
      }),
    ),
    timeoutMs: Type.Optional(
      Type.Integer({ minimum: 100, maximum: 600_000, default: 60_000, description: "For each instance" }),
    ),
  },
  { additionalProperties: false },
);
export type LogSearchQuery = Static<typeof LogSearchQuery>;

/** Data of `match` events of a search. Those of one log come oldest first, those of several as they are found. */
export const LogMatch = Type.Object(
  {
    target: Type.String(),
    channel: literals(LOG_CHANNELS, "Which log"),
    backup: Type.Integer({ description: "0: the current file; N: the rotated file `.N`" }),
    offset: Type.Integer({ description: "Where the line starts in that file" }),
    text: Type.String({ description: "The line, read as UTF-8; of a long one a part around the match" }),
    cut: Type.Boolean({ description: "Something was cut from the line" }),
  },
  { $id: "LogMatch" },
);
export type LogMatch = Static<typeof LogMatch>;

/** Data of `instance` events of a search: one for each instance whose search is over. */
export const LogSearchInstance = Type.Object(
  {
    instance: Type.String(),
    reason: Nullable(Type.String({ description: "Why it was not searched to the end; null when it was" })),
    searchedBytes: Type.Integer(),
    skippedBytes: Type.Integer({ description: "Older bytes left out because of `newestBytes`" }),
    unreadable: Type.Array(Type.String(), { description: "Logs that could not be read, and why" }),
  },
  { $id: "LogSearchInstance" },
);
export type LogSearchInstance = Static<typeof LogSearchInstance>;

/** Data of the `end` event of a search, after which nothing comes. */
export const LogSearchEnd = Type.Object(
  {
    matches: Type.Integer(),
    processes: Type.Integer({ description: "Whose logs were searched" }),
    searchedBytes: Type.Integer(),
    skippedBytes: Type.Integer(),
    full: Type.Boolean({ description: "Ended by `maxMatches`: there may be more" }),
    incomplete: Type.Integer({ description: "Instances that were not searched to the end" }),
  },
  { $id: "LogSearchEnd" },
);
export type LogSearchEnd = Static<typeof LogSearchEnd>;

// ---- access ---------------------------------------------------------------------------------------------------

export const LoginRequest = Type.Object(
  {
    code: Type.Optional(Type.String({ maxLength: 256, description: "From the one-time link" })),
    username: Type.Optional(Type.String({ maxLength: 128 })),
    password: Type.Optional(Type.String({ maxLength: 1024 })),
    tokenName: Type.Optional(Type.String({ maxLength: 128, description: "Also make an API token of this name" })),
  },
  { $id: "LoginRequest", additionalProperties: false },
);
export type LoginRequest = Static<typeof LoginRequest>;

/** A role, or verbs where none is given, over what a selector takes. */
const GRANT_TEXTS = {
  role: Nullable(literals(ROLES, "Null when verbs are listed")),
  verbs: Type.Array(literals(ACCESS_VERB_NAMES, "What it allows besides seeing"), { description: "Empty with a role" }),
  selector: Type.String({ description: "What it covers; states cannot be asked for" }),
};

export const OwnGrant = Type.Object(GRANT_TEXTS, { $id: "OwnGrant" });
export type OwnGrant = Static<typeof OwnGrant>;

export const Session = Type.Object(
  {
    user: Type.String(),
    role: Type.String({ description: "The most that one may do, for display: admin, operator, viewer or none" }),
    grants: Type.Optional(Type.Array(OwnGrant, { description: "What one may do where" })),
    administers: Type.Optional(
      Type.Boolean({ description: "Whether one administers the whole fleet, people included" }),
    ),
    passwordSet: Type.Boolean({ description: "False until the first password is chosen" }),
    csrfToken: Type.String({ description: "Send as X-CSRF-Token with every changing request of a cookie session" }),
    token: Type.Optional(Type.String({ description: "The API token asked for; shown this once" })),
  },
  { $id: "Session" },
);
export type Session = Static<typeof Session>;

export const PasswordRequest = Type.Object(
  {
    password: Type.String({ minLength: 8, maxLength: 1024 }),
    current: Type.Optional(Type.String({ maxLength: 1024 })),
  },
  { $id: "PasswordRequest", additionalProperties: false },
);
export type PasswordRequest = Static<typeof PasswordRequest>;

export const JoinTokenRequest = Type.Object(
  {
    uses: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, default: 1 })),
    ttlSeconds: Type.Optional(Type.Integer({ minimum: 60, maximum: 31_536_000, default: 86_400 })),
  },
  { $id: "JoinTokenRequest", additionalProperties: false },
);
export type JoinTokenRequest = Static<typeof JoinTokenRequest>;

export const JoinToken = Type.Object(
  {
    token: Type.String({ description: "Shown this once" }),
    uses: Type.Integer(),
    expiresAtMs: TimeMs("End of its life"),
    agentsPort: Type.Integer({ description: "Port of the controller on which agents are to join" }),
  },
  { $id: "JoinToken" },
);
export type JoinToken = Static<typeof JoinToken>;

export const JoinTokenInfo = Type.Object(
  {
    id: Type.String({ description: "The second part of the token" }),
    uses: Type.Integer(),
    used: Type.Integer(),
    createdBy: Type.String(),
    createdAtMs: TimeMs("When it was made"),
    expiresAtMs: TimeMs("End of its life"),
  },
  { $id: "JoinTokenInfo" },
);
export type JoinTokenInfo = Static<typeof JoinTokenInfo>;

export const JoinTokenList = Type.Object({ items: Type.Array(JoinTokenInfo) }, { $id: "JoinTokenList" });
export type JoinTokenList = Static<typeof JoinTokenList>;

export const SessionInfo = Type.Object(
  {
    id: Type.String({ description: "Names the session, and opens nothing" }),
    user: Type.String(),
    origin: literals(["code", "password"], "How it began: by a one-time link or a password"),
    createdAtMs: TimeMs("Its login"),
    seenAtMs: TimeMs("Last use, to the minute"),
    expiresAtMs: TimeMs("Its end at the latest"),
    current: Type.Boolean({ description: "The one that asks" }),
  },
  { $id: "SessionInfo" },
);
export type SessionInfo = Static<typeof SessionInfo>;

export const SessionList = Type.Object({ items: Type.Array(SessionInfo) }, { $id: "SessionList" });
export type SessionList = Static<typeof SessionList>;

/** For lists of what is one's own, and everybody's for who administers the fleet. */
export const WhoseQuery = Type.Object(
  { all: Type.Optional(Type.Boolean({ description: "Everybody's; only for who administers the fleet" })) },
  { additionalProperties: false },
);
export type WhoseQuery = Static<typeof WhoseQuery>;

const UserName = Type.String({ pattern: USER_NAME.source, description: "Letters, digits and . _ @ + -" });
const Password = Type.String({ minLength: 8, maxLength: 1024 });

export const Grant = Type.Object(
  {
    id: Type.String(),
    user: Type.String(),
    ...GRANT_TEXTS,
    createdBy: Type.String(),
    createdAtMs: TimeMs("When it was made"),
  },
  { $id: "Grant" },
);
export type Grant = Static<typeof Grant>;

export const GrantList = Type.Object({ items: Type.Array(Grant) }, { $id: "GrantList" });
export type GrantList = Static<typeof GrantList>;

const NewGrant = {
  role: Type.Optional(literals(ROLES, "Or verbs")),
  verbs: Type.Optional(
    Type.Array(literals(ACCESS_VERB_NAMES, "Allowed besides seeing"), { minItems: 1, maxItems: 16 }),
  ),
  selector: Type.String({ minLength: 1, maxLength: 4096 }),
};

export const GrantRequest = Type.Object(
  { user: Type.String({ maxLength: 128 }), ...NewGrant },
  { $id: "GrantRequest", additionalProperties: false },
);
export type GrantRequest = Static<typeof GrantRequest>;

export const User = Type.Object(
  {
    name: Type.String(),
    passwordSet: Type.Boolean(),
    disabledAtMs: Nullable(TimeMs("Since when the user is kept out")),
    createdAtMs: Nullable(TimeMs("When it was added; null for users of before this was noted")),
    grants: Type.Array(Grant),
  },
  { $id: "User" },
);
export type User = Static<typeof User>;

export const UserList = Type.Object({ items: Type.Array(User) }, { $id: "UserList" });
export type UserList = Static<typeof UserList>;

export const UserRequest = Type.Object(
  {
    name: UserName,
    password: Type.Optional(Password),
    grants: Type.Optional(Type.Array(Type.Object(NewGrant, { additionalProperties: false }), { maxItems: 64 })),
  },
  { $id: "UserRequest", additionalProperties: false },
);
export type UserRequest = Static<typeof UserRequest>;

export const UserPasswordRequest = Type.Object(
  { password: Password },
  { $id: "UserPasswordRequest", additionalProperties: false },
);
export type UserPasswordRequest = Static<typeof UserPasswordRequest>;

export const AuditEntry = Type.Object(
  {
    id: Type.Integer({ description: "Rises by one a row" }),
    atMs: TimeMs("When"),
    actor: Type.String({ description: "User, or empty for nobody known" }),
    action: Type.String({ description: "login, token.create, operation.restart, request, ..." }),
    subject: Type.String({ description: "What it was about" }),
    outcome: literals(["done", "refused"], "Whether it was allowed"),
    address: Type.String({ description: "Where the request came from" }),
    hash: Type.String({ description: "Covers this row and the hash of the one before" }),
  },
  { $id: "AuditEntry" },
);
export type AuditEntry = Static<typeof AuditEntry>;

export const AuditPage = Type.Object(
  {
    items: Type.Array(AuditEntry, { description: "Newest first" }),
    nextCursor: Nullable(
      Type.String({
        description: "Of what is older. A page may be short and have one: a search takes a bounded time",
      }),
    ),
  },
  { $id: "AuditPage" },
);
export type AuditPage = Static<typeof AuditPage>;

export const AuditQuery = Type.Object(
  {
    user: Type.Optional(Type.String({ maxLength: 128, description: "Only what this user did or was refused" })),
    action: Type.Optional(
      Type.String({ maxLength: 64, description: "Only this; operation is also operation.restart and its like" }),
    ),
    outcome: Type.Optional(literals(["done", "refused"], "Only what was allowed, or what was not")),
    text: Type.Optional(Type.String({ maxLength: 256, description: "Somewhere in the subject or the address" })),
    sinceMs: Type.Optional(Type.Integer()),
    untilMs: Type.Optional(Type.Integer()),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    cursor: Type.Optional(Type.String({ maxLength: 64 })),
  },
  { additionalProperties: false },
);
export type AuditQuery = Static<typeof AuditQuery>;

export const AuditCheckQuery = Type.Object(
  { cursor: Type.Optional(Type.String({ maxLength: 96, description: "Where the part before ended" })) },
  { additionalProperties: false },
);
export type AuditCheckQuery = Static<typeof AuditCheckQuery>;

export const AuditCheck = Type.Object(
  {
    rows: Type.Integer({ description: "Rows that follow from each other, counted from the first" }),
    total: Type.Integer({ description: "Rows that there are" }),
    head: Type.String({ description: "Hash of the last row that follows; empty when there is none" }),
    broken: Nullable(
      Type.Object(
        { id: Type.Integer(), reason: Type.String() },
        { description: "The first row that was changed or is missing; null while all follow" },
      ),
    ),
    nextCursor: Nullable(Type.String({ description: "Give it as `cursor` to check on; null at the end" })),
  },
  { $id: "AuditCheck" },
);
export type AuditCheck = Static<typeof AuditCheck>;

export const ExplainQuery = Type.Object(
  {
    user: Type.Optional(
      Type.String({ maxLength: 128, description: "Oneself without; others only for who administers" }),
    ),
    verb: literals(ACCESS_VERB_NAMES, "What would be done"),
    target: Type.Optional(
      Type.String({ maxLength: 1024, description: "INSTANCE/GROUP:NAME or INSTANCE; the whole fleet without" }),
    ),
  },
  { additionalProperties: false },
);
export type ExplainQuery = Static<typeof ExplainQuery>;

export const Explanation = Type.Object(
  {
    user: Type.String(),
    verb: literals(ACCESS_VERB_NAMES, "What would be done"),
    target: Nullable(Type.String({ description: "Null for the whole fleet" })),
    allowed: Type.Boolean(),
    reason: Type.String({ description: "One line: the grant that decides, or why none does" }),
    grant: Nullable(Grant),
  },
  { $id: "Explanation" },
);
export type Explanation = Static<typeof Explanation>;

export const ApiToken = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    user: Type.String(),
    createdAtMs: TimeMs("When it was made"),
    expiresAtMs: Type.Optional(Nullable(TimeMs("When it ends by itself; null for never"))),
    lastUsedAtMs: Nullable(TimeMs("Last use")),
    token: Type.Optional(Type.String({ description: "Only in the answer that made it" })),
  },
  { $id: "ApiToken" },
);
export type ApiToken = Static<typeof ApiToken>;

export const ApiTokenRequest = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 128 }),
    user: Type.Optional(
      Type.String({ maxLength: 128, description: "Whose it will be: oneself without; another's for who administers" }),
    ),
    ttlSeconds: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 315_360_000, description: "Good for so long; until it is revoked without" }),
    ),
  },
  { additionalProperties: false, $id: "ApiTokenRequest" },
);
export type ApiTokenRequest = Static<typeof ApiTokenRequest>;

export const ApiTokenList = Type.Object({ items: Type.Array(ApiToken) }, { $id: "ApiTokenList" });
export type ApiTokenList = Static<typeof ApiTokenList>;

// ---- the controller itself ------------------------------------------------------------------------------------

export const StoredRows = Type.Object({
  kind: literals(STORED_KIND_NAMES, meanings(STORED_KINDS)),
  rows: Type.Integer(),
  estimated: Type.Boolean({ description: "Not counted, but never less than there are" }),
  oldestAtMs: Nullable(TimeMs("When its oldest row was written; null without rows")),
  keptMs: Nullable(Type.Number({ description: "How long a row is kept; null for ever" })),
  mostRows: Nullable(Type.Integer({ description: "With more than so many the oldest go; null where only age counts" })),
});
export type StoredRows = Static<typeof StoredRows>;

export const ControllerState = Type.Object(
  {
    version: Type.String(),
    atMs: TimeMs("When this was said"),
    startedAtMs: TimeMs("Start of the controller"),
    trouble: Nullable(
      Type.String({ description: "Why history is not written or cannot be read; null while all works" }),
    ),
    waitingRows: Type.Integer({ description: "Rows that wait to be committed" }),
    store: Nullable(
      Type.Object(
        {
          sizeBytes: Type.Integer({ description: "All files of the store" }),
          reusableBytes: Type.Integer({ description: "Of that, left by rows that are gone, to be used by new ones" }),
          diskFreeBytes: Nullable(Type.Integer({ description: "Free on its disk, where that is known" })),
          limitBytes: Nullable(
            Type.Number({
              description: "With rows of more than that the oldest minutes go, then events; null for no limit",
            }),
          ),
          kinds: Type.Array(StoredRows),
        },
        { description: "Null while the store cannot be read" },
      ),
    ),
    backup: Nullable(
      Type.Object(
        {
          atMs: TimeMs("When it was done"),
          origin: literals(BACKUP_ORIGIN_NAMES, meanings(BACKUP_ORIGINS)),
          sizeBytes: Type.Integer({ description: "Of the database" }),
        },
        { description: "The last one that is known of" },
      ),
    ),
  },
  { $id: "ControllerState" },
);
export type ControllerState = Static<typeof ControllerState>;

// ---- live stream ----------------------------------------------------------------------------------------------

/**
 * Events of `GET /api/v1/stream` (SSE; `event:` is the key, `data:` the JSON of the type, `id:` resumes by Last-Event-ID).
 * `reset` means that what was missed is no longer known: fetch again.
 */
export interface StreamEvents {
  readonly hello: { readonly version: string; readonly atMs: number };
  readonly reset: { readonly reason: string };
  readonly instance: Instance;
  readonly "instance-removed": { readonly name: string };
  readonly process: Process;
  readonly "process-removed": { readonly target: string };
  readonly history: HistoryEvent;
  /** An operation that began, with all its targets where they are not many; a change of a small one. */
  readonly operation: Operation;
  /** What changed of an operation. */
  readonly "operation-progress": OperationProgress;
}

export { API_PATHS, apiPath } from "./paths.js";
