// A spawner that keeps the record of its children, and makes none while an earlier copy of the same program still runs.
import type { ExitStatus } from "../core/process.js";
import type { ChildRecord } from "./child-record.js";
import { type Child, SpawnError, type Spawner, type SpawnRequest } from "./ports.js";

export class RecordedSpawner implements Spawner {
  readonly #spawner: Spawner;
  readonly #record: ChildRecord;
  /** By `group:name`, the pid of the copy that an earlier daemon left. */
  readonly #held = new Map<string, number>();

  constructor(spawner: Spawner, record: ChildRecord) {
    this.#spawner = spawner;
    this.#record = record;
  }

  /** Lets no such program be started until `release`. */
  hold(group: string, name: string, pid: number): void {
    this.#held.set(`${group}:${name}`, pid);
  }

  release(group: string, name: string): void {
    this.#held.delete(`${group}:${name}`);
  }

  isHeld(group: string, name: string): boolean {
    return this.#held.has(`${group}:${name}`);
  }

  start(onOrphan: (pid: number, status: ExitStatus) => void): void {
    this.#spawner.start(onOrphan);
  }

  spawn(request: SpawnRequest): Child {
    const { group, name, onExit } = request;
    const held = this.#held.get(`${group}:${name}`);
    if (held !== undefined) {
      throw new SpawnError(
        `'${name}' of an earlier life of this daemon still runs as pid ${held} and is being stopped`,
      );
    }
    const child = this.#spawner.spawn({
      ...request,
      onExit: (status, usage) => {
        this.#record.remove(child.pid);
        onExit(status, usage);
      },
    });
    this.#record.add(child.pid, group, name);
    return child;
  }

  signal(pid: number, signal: number, wholeGroup: boolean): void {
    this.#spawner.signal(pid, signal, wholeGroup);
  }

  stop(): void {
    this.#spawner.stop();
  }
}
