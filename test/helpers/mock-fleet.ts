// A pretended fleet for the web page: what a controller would know, changed by a test or by operations, each change told.
import { BLANK_EVENT } from "@fleetvisor/proto/api/history-event.fixture";
import type { Alarm, FleetSummary, HistoryEvent, Instance, Process, StreamEvents } from "@fleetvisor/proto/api/v1";
import { HISTORY_CAUSE_NAMES, type HistoryCause } from "@fleetvisor/proto/vocabulary/history";
import { TROUBLED_STATES } from "@fleetvisor/proto/vocabulary/states";
import { select } from "../../controller/src/core/selection.js";
import { HOSTS, type HostPlan, instanceOf, processOf } from "./mock-hosts.js";
import { MockOperations } from "./mock-operations.js";

type Channel = "stdout" | "stderr";
type Listener = <K extends keyof StreamEvents>(type: K, data: StreamEvents[K]) => void;
type LogListener = (text: string) => void;

const HAS_CAUSE: Readonly<Record<HistoryCause, (event: HistoryEvent) => boolean>> = {
  order: ({ operationId }) => operationId !== null,
  signal: ({ exitSignal }) => exitSignal !== null,
  unexpected: ({ exitExpected }) => exitExpected === false,
  "spawn-error": ({ spawnError }) => spawnError !== null,
  restart: ({ fromState, toState, operationId }) =>
    toState === "STARTING" && (fromState === "EXITED" || fromState === "BACKOFF") && operationId === null,
  "out-of-memory": ({ oomKilled }) => oomKilled,
};

/** Time between the steps of an operation on one target, ms: long enough for a person to see them. */
const STEP_MS = 120;

export class MockFleet {
  readonly processes = new Map<string, Process>();
  readonly history: HistoryEvent[] = [];
  readonly operations = new MockOperations(this);
  /** What is wrong with the controller itself. */
  readonly alarms: Alarm[] = [];
  readonly #instances = new Map<string, Omit<Instance, "counts" | "processCount">>();
  readonly #logs = new Map<string, string>();
  readonly #listeners = new Set<Listener>();
  readonly #logListeners = new Map<string, Set<LogListener>>();
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #nextPid = 2_101;

  /** `hosts` can be `[]`: a controller that no agent has joined yet. */
  constructor(hosts: readonly HostPlan[] = HOSTS) {
    const nowMs = Date.now();
    for (const host of hosts) this.#put(host, nowMs);
    this.history.sort((a, b) => a.atMs - b.atMs);
    this.history.forEach((event, place) => {
      this.history[place] = { ...event, id: place + 1 };
    });
  }

  #put(host: HostPlan, nowMs: number): void {
    this.#instances.set(host.name, instanceOf(host, this.#instances.size, nowMs));
    for (const plan of host.processes) {
      const process = processOf(host, plan, this.#pid(), nowMs);
      this.processes.set(process.target, process);
      this.#remember({ ...BLANK_EVENT, ...pastOf(process), id: 0 });
    }
  }

  /** Ends what is under way; no listener is called afterwards. */
  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#listeners.clear();
    this.#logListeners.clear();
  }

  onChange(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  process(target: string): Process {
    const process = this.processes.get(target);
    if (process === undefined) throw new Error(`no process ${target}`);
    return process;
  }

  instance(name: string): Instance | undefined {
    const instance = this.#instances.get(name);
    if (instance === undefined) return undefined;
    const own = [...this.processes.values()].filter((process) => process.instance === name);
    return { ...instance, counts: countsOf(own), processCount: own.length };
  }

  get instances(): Instance[] {
    return [...this.#instances.keys()].map((name) => this.instance(name)).filter((instance) => instance !== undefined);
  }

  summary(): FleetSummary {
    const all = [...this.processes.values()];
    const trouble = TROUBLED_STATES.flatMap((state) => all.filter((process) => process.state === state));
    const liveness = (name: string) => this.instances.filter((instance) => instance.liveness === name).length;
    const instances = {
      total: this.#instances.size,
      live: liveness("live"),
      late: liveness("late"),
      lost: liveness("lost"),
    };
    const failing = instances.lost > 0 || trouble.some(({ state }) => state !== "BACKOFF");
    const degraded = instances.late > 0 || trouble.length > 0;
    return {
      atMs: Date.now(),
      instances,
      processes: all.length,
      counts: countsOf(all),
      alarms: this.alarms,
      verdict: instances.total === 0 ? "empty" : failing ? "failing" : degraded ? "degraded" : "ok",
      trouble: trouble.slice(0, 50),
      troubleTotal: trouble.length,
    };
  }

  /** Processes of a selector; throws as the controller's reading of it does. */
  selected(selector: string | undefined): Process[] {
    const selection = select(selector);
    return [...this.processes.values()].filter((process) =>
      selection.within(process.instance, this.#instances.get(process.instance)?.labels ?? {})?.matches(process),
    );
  }

  /** Moves a process to a state and tells of it: the row, the event. `end` is what history says beside it. */
  set(target: string, part: Partial<Process>, end: Partial<HistoryEvent> = {}): Process {
    const before = this.process(target);
    const nowMs = Date.now();
    const process = { ...before, sinceMs: nowMs, ...part };
    this.processes.set(target, process);
    const event = this.#remember({
      ...BLANK_EVENT,
      id: this.history.length + 1,
      kind: "process-state",
      atMs: nowMs,
      instance: process.instance,
      group: process.group,
      name: process.name,
      fromState: before.state,
      toState: process.state,
      pid: process.pid ?? before.pid,
      spawnError: process.spawnError,
      ...end,
    });
    this.tell("process", process);
    this.tell("history", event);
    return process;
  }

  /** A signal from outside ends a running process, and its supervisor starts it again. */
  kill(target: string, exitSignal = "SIGKILL"): Process {
    const { pid, startedAtMs } = this.process(target);
    const uptimeMs = Date.now() - (startedAtMs ?? Date.now());
    const ended = { exitCode: null, exitSignal, exitExpected: false };
    this.set(target, { state: "EXITED", pid: null, stoppedAtMs: Date.now(), ...ended }, { ...ended, pid, uptimeMs });
    return this.begin(target);
  }

  setInstance(name: string, part: Partial<Instance>): void {
    const instance = this.#instances.get(name);
    if (instance === undefined) throw new Error(`no instance ${name}`);
    this.#instances.set(name, { ...instance, livenessSinceMs: Date.now(), ...part });
    const next = this.instance(name);
    if (next !== undefined) this.tell("instance", next);
  }

  /** A host that was not there before comes. */
  join(host: HostPlan): void {
    this.#put(host, Date.now());
    const instance = this.instance(host.name);
    if (instance !== undefined) this.tell("instance", instance);
  }

  removeInstance(name: string): void {
    this.#instances.delete(name);
    for (const { target, instance } of [...this.processes.values()])
      if (instance === name) this.processes.delete(target);
    this.tell("instance-removed", { name });
  }

  /** What happened, newest first, as the query of the API narrows it. */
  events(query: URLSearchParams): HistoryEvent[] {
    const selector = query.get("selector");
    const named = selector === null ? null : new Set(this.selected(selector).map(({ target }) => target));
    const sinceMs = Number(query.get("sinceMs") ?? 0);
    const untilMs = Number(query.get("untilMs") ?? Number.POSITIVE_INFINITY);
    return this.history
      .filter(({ instance, group, name }) => named === null || named.has(`${instance}/${group}:${name}`))
      .filter(({ atMs }) => atMs >= sinceMs && atMs <= untilMs)
      .filter((event) => {
        const cause = HISTORY_CAUSE_NAMES.find((name) => name === query.get("cause"));
        return cause === undefined || HAS_CAUSE[cause](event);
      })
      .filter(({ kind }) => query.get("kind") === null || kind === query.get("kind"))
      .filter((event) => query.get("user") === null || event.user === query.get("user"))
      .reverse();
  }

  log(target: string, channel: Channel): string {
    return this.#logs.get(`${target} ${channel}`) ?? "";
  }

  /** The program writes to its log. */
  write(target: string, text: string, channel: Channel = "stdout"): void {
    const key = `${target} ${channel}`;
    this.#logs.set(key, (this.#logs.get(key) ?? "") + text);
    for (const listener of this.#logListeners.get(key) ?? []) listener(text);
  }

  onWrite(target: string, channel: Channel, listener: LogListener): () => void {
    const key = `${target} ${channel}`;
    const listeners = this.#logListeners.get(key) ?? new Set();
    this.#logListeners.set(key, listeners.add(listener));
    return () => listeners.delete(listener);
  }

  /** Starts a process, which is up a step later. */
  begin(target: string, asked: Partial<HistoryEvent> = {}, done: () => void = () => undefined): Process {
    const pid = this.#pid();
    const startedAtMs = Date.now();
    const clean = { exitCode: null, exitSignal: null, exitExpected: null, spawnError: null, tries: 0 };
    const process = this.set(target, { state: "STARTING", pid, startedAtMs, ...clean }, asked);
    this.later(() => {
      this.set(target, { state: "RUNNING" }, asked);
      done();
    });
    return process;
  }

  /** A step later, unless the fleet has ended. */
  later(step: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      step();
    }, STEP_MS);
    this.#timers.add(timer);
  }

  #remember(event: HistoryEvent): HistoryEvent {
    this.history.push(event);
    return event;
  }

  tell<K extends keyof StreamEvents>(type: K, data: StreamEvents[K]): void {
    for (const listener of this.#listeners) listener(type, data);
  }

  #pid(): number {
    this.#nextPid += 3;
    return this.#nextPid;
  }
}

function countsOf(processes: readonly Process[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { state } of processes) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

/** The event that brought a process where the plan has it. */
function pastOf(process: Process): Pick<HistoryEvent, "kind" | "atMs" | "instance"> & Partial<HistoryEvent> {
  const { instance, group, name, state, pid, exitCode, exitSignal, exitExpected, spawnError } = process;
  const ended = exitCode !== null || exitSignal !== null;
  return {
    ...{ kind: "process-state", atMs: process.sinceMs, instance, group, name, toState: state, pid },
    ...{ exitCode, exitSignal, exitExpected, spawnError },
    fromState: ended ? "RUNNING" : state === "RUNNING" ? "STARTING" : "STOPPED",
    ...(ended
      ? { uptimeMs: 40 * 60_000, cpuMs: 8_400, peakMemoryBytes: 184_000_000, coreDumped: exitSignal === "SIGSEGV" }
      : {}),
    ...(exitExpected === false
      ? {
          stderrTail:
            'Traceback (most recent call last):\n  File "/srv/jobs/beat.py", line 214, in open_schedule\n    raise ScheduleLocked(path)\njobs.beat.ScheduleLocked: /var/lib/jobs/beat.db is held by another process\n',
          stdoutTail: "beat: starting\nbeat: reading /var/lib/jobs/beat.db\n",
        }
      : {}),
  };
}
