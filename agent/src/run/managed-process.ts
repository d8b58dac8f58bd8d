// One process at run time: feeds inputs to its machine, performs the effects, keeps its child and times; lives.ts counts its lives.
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { signalName } from "../config/signals.js";
import {
  type Effect,
  type ExitStatus,
  type Input,
  newProcess,
  type Process,
  type StateEvent,
  transition,
} from "../core/process.js";
import { describeNote, describeSpawn } from "./activity.js";
import { childEnvironment } from "./child-environment.js";
import type { ChildLog } from "./child-log.js";
import { resolveCommand } from "./command.js";
import { type EndOfLife, Lives } from "./lives.js";
import type { OomWatch } from "./oom.js";
import { type ActivityLog, type Child, type Clock, type ResourceUsage, SpawnError, type Spawner } from "./ports.js";
import type { SharedSocket } from "./shared-socket.js";
import type { ProcessSpec } from "./spec.js";

/** A change of state, as subscribers of the supervisor hear it. */
export interface StateChange {
  readonly process: ManagedProcess;
  readonly event: StateEvent;
  /** Wall clock, ms. */
  readonly atMs: number;
  /** Set when this change is the end of a life. */
  readonly end: EndOfLife | null;
  /** The order that caused it, if one did. */
  readonly orderId: string | null;
}

export interface ProcessWorld {
  readonly clock: Clock;
  readonly spawner: Spawner;
  readonly log: ActivityLog;
  readonly onChange: (change: StateChange) => void;
  /** What children inherit. */
  readonly environment: Readonly<Record<string, string>>;
  /** The socket that the processes of its group share as standard input. */
  readonly socket: SharedSocket | null;
  /** Tells who was ended for want of memory; null where nobody can. */
  readonly oom: OomWatch | null;
}

export class ManagedProcess {
  readonly group: string;
  readonly index: number;
  readonly spec: ProcessSpec;
  readonly stdout: ChildLog;
  readonly stderr: ChildLog;
  readonly #world: ProcessWorld;
  #process: Process;
  #child: Child | null = null;
  #timer: (() => void) | null = null;
  #timerAtMs: number | null = null;
  #inbox: Input[] = [];
  #busy = false;
  #end: EndOfLife | null = null;
  #orderId: string | null = null;
  /** Wall clock: entered this state; last start; last stop (0 for never). */
  #sinceMs: number;
  #startedWallMs = 0;
  #stoppedWallMs = 0;
  readonly #lives: Lives;

  constructor(
    group: string,
    index: number,
    spec: ProcessSpec,
    stdout: ChildLog,
    stderr: ChildLog,
    world: ProcessWorld,
  ) {
    this.group = group;
    this.index = index;
    this.spec = spec;
    this.stdout = stdout;
    this.stderr = stderr;
    this.#world = world;
    this.#process = newProcess(spec.rules);
    this.#sinceMs = world.clock.wallMs();
    this.#lives = new Lives(spec.rules.exitCodes, world);
  }

  get name(): string {
    return this.spec.name;
  }

  get priority(): number {
    return this.spec.priority;
  }

  /** The machine's value now. */
  get value(): Process {
    return this.#process;
  }

  get times(): { readonly sinceMs: number; readonly startedMs: number; readonly stoppedMs: number } {
    return { sinceMs: this.#sinceMs, startedMs: this.#startedWallMs, stoppedMs: this.#stoppedWallMs };
  }

  /** Children made so far. */
  get starts(): number {
    return this.#lives.starts;
  }

  /** CPU time of all lives that ended. */
  get usedMs(): number {
    return this.#lives.usedMs;
  }

  /** How the last life ended; null before the first end. */
  get lastEnd(): EndOfLife | null {
    return this.#lives.lastEnd;
  }

  /** Asks for a start. Changes that follow carry `orderId` until something else is asked. */
  start(orderId: string | null = null): void {
    this.#ask({ type: "start" }, orderId);
  }

  stop(orderId: string | null = null): void {
    this.#ask({ type: "stop" }, orderId);
  }

  /** The supervisor goes down: nothing is started again by itself. */
  retire(): void {
    this.send({ type: "retire" });
  }

  /**
   * Sends a signal to the child alone (supervisor 4.x process.py, signal). That the child is just gone is no failure.
   * Throws the system's error otherwise, after the state has become UNKNOWN.
   */
  signal(signal: number): void {
    this.#world.log.debug(`sending ${this.name} (pid ${this.#process.pid}) sig ${signalName(signal)}`);
    const failure = this.#kill(signal, false);
    if (failure === null) return;
    this.send({ type: "signal-failed", reason: failure.message });
    throw failure;
  }

  /** The living child, for its standard input; null when there is none. */
  get child(): Child | null {
    return this.#child;
  }

  /** Opens log files again by name, after an outside rotation. */
  reopenLogs(): void {
    this.stdout.sink?.reopen();
    this.stderr.sink?.reopen();
  }

  /** Forgets timers; the child, if any, is left alone. */
  dispose(): void {
    this.#timer?.();
    this.#timer = null;
  }

  /** Delivers inputs one at a time and in order, also those that performing an effect leads to. */
  send(input: Input): void {
    this.#inbox.push(input);
    if (this.#busy) return;
    this.#busy = true;
    try {
      for (let next = this.#inbox.shift(); next !== undefined; next = this.#inbox.shift()) {
        const step = transition(this.#process, next, this.#world.clock.nowMs());
        this.#process = step.next;
        for (const effect of step.effects) this.#perform(effect);
      }
    } finally {
      this.#busy = false;
      this.#end = null;
    }
    this.#armTimer();
  }

  #ask(input: Input, orderId: string | null): void {
    const before = { process: this.#process, orderId: this.#orderId };
    this.#orderId = orderId;
    this.send(input);
    // What changed nothing caused nothing: a later crash is not this order's doing.
    if (this.#process === before.process) this.#orderId = before.orderId;
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "spawn":
        this.#spawn();
        break;
      case "signal": {
        this.#world.log.debug(
          `killing ${this.name} (pid ${this.#process.pid}) ${effect.wholeGroup ? "process group " : ""}with signal ${signalName(effect.signal)}`,
        );
        const failure = this.#kill(effect.signal, effect.wholeGroup);
        if (failure !== null) {
          this.#world.log.critical(`unknown problem killing ${this.name} (${this.#process.pid}):${failure.message}`);
          this.send({ type: "signal-failed", reason: failure.message });
        }
        break;
      }
      case "emit":
        this.#announce(effect.event);
        break;
      case "note": {
        const { level, text } = describeNote(this.spec, effect.note);
        this.#world.log[level](text);
        break;
      }
    }
  }

  #announce(event: StateEvent): void {
    const atMs = this.#world.clock.wallMs();
    this.#sinceMs = atMs;
    if (event.to === "STARTING") this.#startedWallMs = atMs;
    if (event.to === "RUNNING") this.#lives.stayed();
    // A quick exit of startsecs=0 passes through RUNNING on its way; the end belongs to the last of the changes.
    const ends = event.to === "EXITED" || event.to === "STOPPED" || event.to === "BACKOFF" || event.to === "UNKNOWN";
    const end = ends ? this.#end : null;
    this.#world.onChange({ process: this, event, atMs, end, orderId: this.#orderId });
    // What was asked for is reached; what happens from here on is the process's own doing.
    if (event.to === "RUNNING" || event.to === "STOPPED" || event.to === "FATAL") this.#orderId = null;
  }

  #kill(signal: number, wholeGroup: boolean): Error | null {
    try {
      this.#world.spawner.signal(this.#process.pid, signal, wholeGroup);
      this.#lives.signalled(signal);
      return null;
    } catch (error) {
      if (errnoOf(error) === "ESRCH") return null;
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #spawn(): void {
    try {
      const child = this.#fork();
      this.#child = child;
      this.#lives.begun(child.pid);
      this.#world.log.info(describeSpawn(this.name, child.pid));
      this.send({ type: "spawned", pid: child.pid });
    } catch (error) {
      this.stdout.close();
      this.stderr.close();
      const reason =
        error instanceof SpawnError
          ? error.message
          : `unknown error making dispatchers for '${this.name}': ${errnoOf(error) ?? error}`;
      this.send({ type: "spawn-failed", reason });
    }
  }

  #fork(): Child {
    const { spec } = this;
    const env = childEnvironment(this.#world.environment, this.group, spec);
    const { file, argv } = resolveCommand(spec.command, spec.environment.PATH ?? process.env.PATH);
    this.stdout.open();
    this.stderr.open();
    const bornMs = this.#world.clock.nowMs();
    const stdin = this.#world.socket?.acquire() ?? null;
    try {
      return this.#spawnWith(stdin, file, argv, env, bornMs);
    } catch (error) {
      if (stdin !== null) this.#world.socket?.release();
      throw error;
    }
  }

  #spawnWith(stdin: number | null, file: string, argv: readonly string[], env: Record<string, string>, bornMs: number) {
    const { spec } = this;
    return this.#world.spawner.spawn({
      group: this.group,
      name: this.name,
      file,
      argv,
      env,
      directory: spec.directory,
      umask: spec.umask,
      account: spec.account,
      stdin,
      redirectStderr: spec.redirectStderr,
      prompt: this.stdout.isListenedTo,
      isStdoutHeld: () => this.stdout.isFull,
      isStderrHeld: () => this.stderr.isFull,
      onStdout: (chunk) => this.stdout.write(chunk),
      onStderr: (chunk) => this.stderr.write(chunk),
      onExit: (status, usage) => this.#exited(status, usage, bornMs),
    });
  }

  #exited(status: ExitStatus, usage: ResourceUsage, bornMs: number): void {
    this.stdout.close();
    this.stderr.close();
    this.#world.socket?.release();
    this.#child = null;
    this.#stoppedWallMs = this.#world.clock.wallMs();
    this.#end = this.#lives.ended({
      pid: this.#process.pid,
      status,
      usage,
      uptimeMs: Math.round(this.#world.clock.nowMs() - bornMs),
      stdoutTail: this.stdout.lastBytes(),
      stderrTail: this.stderr.lastBytes(),
    });
    this.send({ type: "exited", status });
  }

  #armTimer(): void {
    const { deadlineMs } = this.#process;
    if (deadlineMs === this.#timerAtMs && this.#timer !== null) return;
    this.#timer?.();
    this.#timer = null;
    this.#timerAtMs = deadlineMs;
    if (deadlineMs === null) return;
    this.#timer = this.#world.clock.at(deadlineMs, () => {
      this.#timer = null;
      // A longer wait than a timer can hold, or one that came early, is armed again.
      if (this.#world.clock.nowMs() >= deadlineMs) this.send({ type: "deadline" });
      else this.#armTimer();
    });
  }
}
