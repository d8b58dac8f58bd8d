// All groups of one daemon: adds, boots, removes and shuts them down, and tells subscribers what changes.
import type { Mood } from "@fleetvisor/proto/vocabulary/states";
import { STOPPED_STATES } from "@fleetvisor/proto/vocabulary/states";
import { bytesRepr, textOf } from "../core/bytes-text.js";
import { ascending, descending } from "../core/group.js";
import { autoLogPath } from "./auto-logs.js";
import { inheritedEnvironment } from "./child-environment.js";
import { ChildLog } from "./child-log.js";
import { ManagedProcess, type StateChange } from "./managed-process.js";
import type { OomWatch } from "./oom.js";
import { plainLogs } from "./plain-logs.js";
import type { ActivityLog, Clock, LogFiles, LogSink, Spawner } from "./ports.js";
import { SharedSocket } from "./shared-socket.js";
import { type ChannelSpec, type GroupSpec, listenerSpec, type ProcessSpec } from "./spec.js";
import { linesOf } from "./syslog-sink.js";

const STILL_WAITING_MS = 3000;

export interface ManagedGroup {
  readonly spec: GroupSpec;
  readonly name: string;
  readonly priority: number;
  /** In build order. */
  readonly processes: readonly ManagedProcess[];
}

/** What subscribers hear, in the order in which it happens. */
export type SupervisorEvent =
  | { readonly type: "state"; readonly change: StateChange }
  | { readonly type: "group-added"; readonly group: ManagedGroup }
  | { readonly type: "group-removed"; readonly group: ManagedGroup }
  | { readonly type: "mood"; readonly mood: Mood };

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly spawner: Spawner;
  readonly log: ActivityLog;
  /** Of [supervisord], as it was last read; part of the names of AUTO logs. */
  readonly identifier: () => string;
  /** Where AUTO logs go. */
  readonly childLogDir: string;
  readonly stripAnsi: boolean;
  /** Sends a line to the system's log. */
  readonly syslog: (line: string) => void;
  /** What log files are made of; without it each is handled at once, whatever disk it is on. */
  readonly logFiles?: LogFiles;
  /** Tells who was ended for want of memory; without it nobody is said to be. */
  readonly oom?: OomWatch;
}

export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #environment = inheritedEnvironment();
  readonly #groups = new Map<string, ManagedGroup>();
  readonly #subscribers = new Set<(event: SupervisorEvent) => void>();
  #mood: Mood = "RUNNING";

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  get mood(): Mood {
    return this.#mood;
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get log(): ActivityLog {
    return this.#options.log;
  }

  get oom(): OomWatch | null {
    return this.#options.oom ?? null;
  }

  /** Active groups in the order of their activation. */
  get groups(): readonly ManagedGroup[] {
    return [...this.#groups.values()];
  }

  group(name: string): ManagedGroup | null {
    return this.#groups.get(name) ?? null;
  }

  process(group: string, name: string): ManagedProcess | null {
    return this.#groups.get(group)?.processes.find((process) => process.name === name) ?? null;
  }

  /** Every process: groups ascending by priority, processes of each ascending by priority. */
  get processes(): readonly ManagedProcess[] {
    return ascending(this.#groups.values()).flatMap((group) => ascending(group.processes));
  }

  /** Hears everything from now on. The result ends it. */
  subscribe(subscriber: (event: SupervisorEvent) => void): () => void {
    this.#subscribers.add(subscriber);
    return () => this.#subscribers.delete(subscriber);
  }

  /**
   * Takes a group in, with its AUTO logs, without starting anything. Of two processes with one name the later counts.
   * Throws the system's error when a log file cannot be made, SpawnError when a shared socket cannot.
   */
  addGroup(spec: GroupSpec): ManagedGroup {
    const byName = new Map(spec.processes.map((process) => [process.name, process]));
    const socket = spec.socket === null ? null : new SharedSocket(spec.socket, this.#options.log);
    // Tried once, so that what is wrong with it is said now and not at the first start.
    socket?.acquire();
    socket?.release();
    const processes = [...byName.values()].map((process, index) =>
      this.#makeProcess(spec.name, index, spec.listener === null ? process : listenerSpec(process), socket),
    );
    const group: ManagedGroup = { spec, name: spec.name, priority: spec.priority, processes };
    this.#groups.set(spec.name, group);
    this.#publish({ type: "group-added", group });
    return group;
  }

  /** Lets a group go. Every process of it must be stopped: the caller has checked. */
  removeGroup(group: ManagedGroup): void {
    for (const process of group.processes) process.dispose();
    this.#groups.delete(group.name);
    this.#publish({ type: "group-removed", group });
  }

  /**
   * Starts the `autostart` programs, but `excepted`, of a group or of all: groups by priority, processes in build order. `orderId` is
   * the order that asks for it, if one does.
   */
  startAutomatic(
    groups: Iterable<ManagedGroup> = this.#groups.values(),
    excepted: (process: ManagedProcess) => boolean = () => false,
    orderId: string | null = null,
  ): void {
    if (this.#mood !== "RUNNING") return;
    for (const group of ascending(groups)) {
      for (const process of group.processes) if (process.spec.autostart && !excepted(process)) process.start(orderId);
    }
  }

  /**
   * Stops everything for good: groups from the highest priority value down, one after the other, all processes of a group
   * at once (supervisor 4.x supervisord.py, shutdown phases). Resolves when the last child is reaped. `orderId` is the order that asks
   * for it, if one does. `settled` says what is waited for before a group is stopped, null for nothing.
   */
  async shutdown(
    mood: "SHUTDOWN" | "RESTARTING",
    orderId: string | null = null,
    settled: (group: ManagedGroup) => Promise<void> | null = () => null,
  ): Promise<void> {
    this.#mood = mood;
    this.#publish({ type: "mood", mood });
    const groups = descending(this.#groups.values());
    for (const group of groups) for (const process of group.processes) process.retire();
    const stillWaiting = setInterval(() => this.#logUnstopped(), STILL_WAITING_MS);
    try {
      for (const [index, group] of groups.entries()) {
        const pending = settled(group);
        if (pending !== null) await pending;
        for (const process of descending(group.processes)) process.stop(orderId);
        // The first signals are sent before anybody is waited for.
        if (index === 0) this.#logUnstopped();
        await Promise.all(group.processes.map((process) => this.whenStopped(process)));
      }
    } finally {
      clearInterval(stillWaiting);
    }
    for (const group of groups) for (const process of group.processes) process.dispose();
  }

  /** While everything is stopped for a restart: there will be none. */
  forgoRestart(): void {
    this.#mood = "SHUTDOWN";
    this.#publish({ type: "mood", mood: "SHUTDOWN" });
  }

  /** Resolves when the process is in a stopped state; at once if it is. */
  whenStopped(process: ManagedProcess): Promise<void> {
    return this.when(process, () => STOPPED_STATES.has(process.value.state));
  }

  /** Resolves when `reached` holds, looked at now and after each change of the process's state. */
  when(process: ManagedProcess, reached: () => boolean): Promise<void> {
    if (reached()) return Promise.resolve();
    return new Promise((resolve) => {
      const unsubscribe = this.subscribe((event) => {
        if (event.type !== "state" || event.change.process !== process || !reached()) return;
        unsubscribe();
        resolve();
      });
    });
  }

  /** Opens every log of a living process again by name. */
  reopenLogs(): void {
    for (const process of this.processes) if (process.value.pid !== 0) process.reopenLogs();
  }

  #publish(event: SupervisorEvent): void {
    for (const subscriber of [...this.#subscribers]) subscriber(event);
  }

  #logUnstopped(): void {
    const unstopped = this.groups
      .flatMap((group) => group.processes)
      .filter((process) => !STOPPED_STATES.has(process.value.state));
    if (unstopped.length === 0) return;
    this.#options.log.info(`waiting for ${unstopped.map(({ name }) => name).join(", ")} to die`);
    for (const { name, value } of unstopped) this.#options.log.blather(`${name} state: ${value.state}`);
  }

  #makeProcess(group: string, index: number, spec: ProcessSpec, socket: SharedSocket | null): ManagedProcess {
    const { clock, spawner, log, stripAnsi } = this.#options;
    const makeLog = (channel: "stdout" | "stderr", sink: LogSink | null): ChildLog => {
      const childLog = new ChildLog(sink, { stripAnsi, captureMaxBytes: spec[channel].captureMaxBytes });
      if (spec[channel].syslog) childLog.follow((chunk) => this.#sendToSyslog(spec.name, chunk));
      if (log.isDebug) {
        childLog.watch((chunk) => {
          // A listener's answers are bytes to supervisord.
          const shown = childLog.isListenedTo ? bytesRepr(chunk) : textOf(chunk);
          log.debug(`'${spec.name}' ${channel} output:\n${shown}`);
        });
      }
      return childLog;
    };
    const stdout = makeLog("stdout", this.#sink(spec, "stdout", spec.stdout));
    const stderr = makeLog("stderr", spec.redirectStderr ? null : this.#sink(spec, "stderr", spec.stderr));
    return new ManagedProcess(group, index, spec, stdout, stderr, {
      clock,
      spawner,
      log,
      environment: this.#environment,
      socket,
      oom: this.oom,
      onChange: (change) => this.#publish({ type: "state", change }),
    });
  }

  /** A line of output each (supervisor 4.x loggers.py, SyslogHandler). */
  #sendToSyslog(name: string, chunk: Buffer): void {
    for (const line of linesOf(chunk)) this.#options.syslog(`${name} ${line}`);
  }

  #sink(process: ProcessSpec, channel: "stdout" | "stderr", spec: ChannelSpec): LogSink | null {
    if (spec.logfile === null) return null;
    const { childLogDir, identifier, log, logFiles = plainLogs } = this.#options;
    if (spec.logfile !== "AUTO") return logFiles.sink(spec.logfile, spec.rotation, log.warn);
    const path = autoLogPath(childLogDir, process.name, channel, identifier());
    logFiles.create(path);
    return logFiles.sink(path, spec.rotation, log.warn);
  }
}
