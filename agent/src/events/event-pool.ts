// One pool of listeners: waiting events, and handing each to the first listener that is ready
// (supervisor 4.2.5 process.py, EventListenerPool). The protocol itself is listener.ts.

import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { EventType } from "@fleetvisor/proto/vocabulary/events";
import { textOf } from "../core/bytes-text.js";
import type { ManagedProcess, StateChange } from "../run/managed-process.js";
import type { ActivityLog } from "../run/ports.js";
import type { ManagedGroup } from "../run/supervisor.js";
import { type Event, envelope, lineage } from "./event.js";
import { heard, type Listener, type ListenerState, newListener, type Said, sent } from "./listener.js";

export interface PoolRules {
  /** Waiting events beyond which the oldest is dropped. */
  readonly bufferSize: number;
  /** Subscribed types; an ancestor takes all below it. */
  readonly events: readonly EventType[];
  /** `module:callable` that judges results; only supervisord's own exists here, and another is refused when it is read. */
  readonly resultHandler: string;
}

interface Waiting {
  readonly event: Event;
  readonly serial: number;
  readonly poolSerial: number;
}

interface Member {
  readonly process: ManagedProcess;
  listener: Listener;
  /** With BUSY: what it works on. */
  current: Waiting | null;
  /** It closed its standard input: nothing can be handed to it until it is started again. */
  deaf: boolean;
}

export interface PoolWorld {
  readonly identifier: () => string;
  readonly log: ActivityLog;
}

/** What a listener answers when it has dealt with an event (supervisor 4.2.5 dispatchers.py, default_handler). */
const ACCEPTED = "OK";

export class EventPool {
  readonly name: string;
  readonly #rules: PoolRules;
  readonly #world: PoolWorld;
  readonly #members: readonly Member[];
  readonly #unfollow: (() => void)[];
  #waiting: Waiting[] = [];
  #poolSerial = 0;
  #onSettled: () => void = () => {};

  constructor(group: ManagedGroup, rules: PoolRules, world: PoolWorld) {
    this.name = group.name;
    this.#rules = rules;
    this.#world = world;
    this.#members = group.processes.map((process) => ({
      process,
      listener: newListener(),
      current: null,
      deaf: false,
    }));
    this.#unfollow = this.#members.map((member) => member.process.stdout.listen((chunk) => this.#hear(member, chunk)));
  }

  /** How often the pool wants an event of the type: once for each subscription that takes it, as supervisord delivers it. */
  wants(type: EventType): number {
    return lineage(type).filter((each) => this.#rules.events.includes(each)).length;
  }

  accept(event: Event, serial: number): void {
    this.#enqueue({ event, serial, poolSerial: this.#poolSerial++ }, "tail");
    this.#dispatch();
  }

  /** Hears what becomes of the processes of its group. */
  changed({ process, event }: StateChange): void {
    const member = this.#members.find((each) => each.process === process);
    if (member === undefined) return;
    if (event.to === "STARTING") {
      member.listener = newListener();
      member.deaf = false;
    } else if (member.process.value.pid === 0 && member.current !== null) {
      // It ended over its event: somebody else is to have it.
      const { current } = member;
      member.current = null;
      member.listener = newListener();
      this.#putBack(current);
    }
    this.#dispatch();
  }

  /**
   * Resolves when every event was answered, or nobody is left who could answer, or after `withinMs`. Null when that is so already. One
   * caller at a time.
   */
  settled(withinMs: number): Promise<void> | null {
    if (this.#isSettled()) return null;
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, withinMs);
      this.#onSettled = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #isSettled(): boolean {
    const able = this.#members.filter(isAble);
    return able.length === 0 || (this.#waiting.length === 0 && able.every(({ current }) => current === null));
  }

  /** Hears and hands out nothing more; what waits is dropped. */
  close(): void {
    for (const unfollow of this.#unfollow) unfollow();
    this.#waiting = [];
  }

  #enqueue(waiting: Waiting, end: "head" | "tail"): void {
    if (this.#waiting.length >= this.#rules.bufferSize) {
      const dropped = this.#waiting.shift();
      if (dropped !== undefined) {
        this.#world.log.error(`pool ${this.name} event buffer overflowed, discarding event ${dropped.serial}`);
      }
    }
    if (end === "head") this.#waiting.unshift(waiting);
    else this.#waiting.push(waiting);
  }

  #putBack(waiting: Waiting): void {
    this.#world.log.debug(
      `rebuffering event ${waiting.serial} for pool ${this.name} (buf size=${this.#waiting.length}, max=${this.#rules.bufferSize})`,
    );
    this.#enqueue(waiting, "head");
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const member = this.#members.find(isAvailable);
      const next = this.#waiting[0];
      if (member === undefined || next === undefined) break;
      this.#waiting.shift();
      this.#hand(member, next);
    }
    if (this.#isSettled()) this.#onSettled();
  }

  #hand(member: Member, waiting: Waiting): void {
    member.listener = sent(member.listener);
    member.current = waiting;
    const bytes = envelope(waiting.event, this.#world.identifier(), this.name, waiting);
    const refused = () => this.#refused(member, waiting);
    try {
      if (member.process.child === null) throw new FleetError("conflict", "no child");
      member.process.child.writeStdin(bytes, refused);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      refused();
      return;
    }
    this.#world.log.debug(`event ${waiting.serial} sent to listener ${member.process.name}`);
  }

  #refused(member: Member, waiting: Waiting): void {
    if (member.current !== waiting) return;
    this.#world.log.debug(
      `epipe occurred while sending event ${waiting.serial} to listener ${member.process.name}, listener state unchanged`,
    );
    member.current = null;
    member.deaf = true;
    member.listener = { ...member.listener, state: "READY" };
    this.#putBack(waiting);
    this.#dispatch();
  }

  #hear(member: Member, chunk: Buffer): void {
    let before = member.listener.state;
    const { next, said } = heard(member.listener, chunk);
    member.listener = next;
    for (const one of said) {
      this.#heardSaid(member, one, before);
      before = STATE_AFTER[one.type];
    }
    // Not before everything that it said is taken in: what it rejected goes to whoever is ready then.
    this.#dispatch();
  }

  /** `before`: its state when it said that. */
  #heardSaid(member: Member, said: Said, before: ListenerState): void {
    const { log } = this.#world;
    const { name } = member.process;
    const { current } = member;
    switch (said.type) {
      case "ready":
        this.#logState(member, before, "READY");
        break;
      case "result":
        member.current = null;
        if (said.data.toString("latin1") === ACCEPTED) {
          log.debug(`${name}: event was processed`);
          this.#logState(member, before, "ACKNOWLEDGED");
          break;
        }
        log.warn(`${name}: event was rejected`);
        this.#logState(member, before, "ACKNOWLEDGED");
        if (current !== null) this.#putBack(current);
        break;
      case "bad-result-line":
        log.warn(`${name}: bad result line: '${textOf(said.line)}'`);
        this.#lose(member, before);
        break;
      case "violation":
        this.#lose(member, before);
        break;
    }
  }

  #lose(member: Member, before: ListenerState): void {
    const { current, process } = member;
    member.current = null;
    this.#logState(member, before, "UNKNOWN");
    this.#world.log.warn(
      `${process.name}: has entered the UNKNOWN state and will no longer receive events, ` +
        "this usually indicates the process violated the eventlistener protocol",
    );
    if (current !== null) this.#putBack(current);
  }

  #logState({ process }: Member, from: ListenerState, to: ListenerState): void {
    this.#world.log.debug(`${process.name}: ${from} -> ${to}`);
  }
}

const STATE_AFTER: Readonly<Record<Said["type"], ListenerState>> = {
  ready: "READY",
  result: "ACKNOWLEDGED",
  "bad-result-line": "UNKNOWN",
  violation: "UNKNOWN",
};

function isAvailable(member: Member): boolean {
  return member.listener.state === "READY" && isAble(member);
}

/** Whether it may take an event, now or once it has said that it is ready. */
function isAble({ process, listener, deaf }: Member): boolean {
  return listener.state !== "UNKNOWN" && !deaf && process.value.state === "RUNNING";
}
