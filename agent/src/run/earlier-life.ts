// What a daemon that was killed left running, seen by the one that comes after it: each program is stopped before it is started
// again, so that there are never two.
import type { ChildRecord, RecordedChild } from "./child-record.js";
import type { Spawner } from "./ports.js";
import type { RecordedSpawner } from "./recorded-spawner.js";
import type { Supervisor } from "./supervisor.js";
import { DEFAULT_STOP_RULES, endSurvivor, survivorsOf } from "./survivors.js";

export interface EarlierLifeWorld {
  readonly supervisor: Supervisor;
  readonly spawner: Pick<Spawner, "signal">;
  readonly recorded: RecordedSpawner;
  readonly record: ChildRecord;
}

export class EarlierLife {
  readonly #world: EarlierLifeWorld;
  /** Of each that is being stopped: when it is gone or cannot be stopped, and how to give it up. */
  readonly #ends: { readonly done: Promise<void>; readonly forget: () => void }[] = [];

  constructor(world: EarlierLifeWorld) {
    this.#world = world;
  }

  /** Begins to stop them. Their programs are started once they are gone; groups must be there already. */
  end(survivors: readonly RecordedChild[]): void {
    for (const survivor of survivors) this.#end(survivor);
  }

  /** What was left by a daemon that kept no record, as supervisord does not: from here on there may be two of each. */
  warnOfOthers(known: readonly RecordedChild[], serverUrls: ReadonlySet<string>): void {
    const pids = new Set(known.map(({ pid }) => pid));
    for (const url of serverUrls) {
      for (const { pid, group, name } of survivorsOf(url)) {
        if (pids.has(pid)) continue;
        this.#world.supervisor.log.warn(
          `${group}:${name} of an earlier life of this daemon still runs as pid ${pid} and is left alone`,
        );
      }
    }
  }

  /** Resolves when none is being stopped any more. */
  async gone(): Promise<void> {
    await Promise.all(this.#ends.map(({ done }) => done));
  }

  /** Gives up those that are still there. */
  forget(): void {
    for (const { forget } of this.#ends) forget();
  }

  #end(survivor: RecordedChild): void {
    const { supervisor, spawner, recorded, record } = this.#world;
    const { log, clock } = supervisor;
    const { pid, group, name } = survivor;
    const process = supervisor.process(group, name);
    log.warn(`${group}:${name} of an earlier life of this daemon still runs as pid ${pid}: stopping it first`);
    recorded.hold(group, name, pid);
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const forget = endSurvivor(
      survivor,
      process?.spec.rules ?? DEFAULT_STOP_RULES,
      { clock, spawner },
      {
        onGone: () => {
          log.info(`${group}:${name} of an earlier life of this daemon is gone`);
          record.remove(pid);
          recorded.release(group, name);
          if (process?.spec.autostart && supervisor.mood === "RUNNING" && process.starts === 0) process.start();
          finish();
        },
        onProblem: (reason) => {
          log.critical(`cannot stop pid ${pid}, once ${group}:${name}: ${reason}`);
          finish();
        },
      },
    );
    this.#ends.push({ done, forget });
  }
}
