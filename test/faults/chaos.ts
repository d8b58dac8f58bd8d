// Makes trouble at random for a while: each kind of trouble in a loop of its own, so that kinds overlap.
import { setTimeout as sleep } from "node:timers/promises";
import type { Dice } from "./random.js";
import { SmallDisk } from "./small-disk.js";
import { type Host, TARGETS, type World } from "./world.js";

export interface Pace {
  /** Longest time that a trouble lasts. */
  readonly longestMs: number;
  /** Longest pause before the next of its kind. */
  readonly pauseMs: number;
}

/** An agent writes its outbox anew every five seconds while its disk is full: before that its reports are in memory alone. */
const REWRITTEN_MS = 6_500;

/** A loop of trouble until the signal; `log` hears each. */
type Trouble = (
  world: World,
  dice: Dice,
  pace: Pace,
  signal: AbortSignal,
  log: (what: string) => void,
) => Promise<void>;

/** Agents whose reports are not on disk: killing one would lose what nobody can know. */
const unwritten = new Set<Host>();

const killChildren: Trouble = async ({ hosts, record }, dice, _, signal) => {
  while (!signal.aborted) {
    await sleep(dice.between(20, 300));
    const target = dice.one(TARGETS);
    const host = hosts.find(({ instance }) => instance === target.instance);
    const pid = host?.childOf(target.name) ?? null;
    if (pid === null) continue;
    record.kills.push({ instance: target.instance, pid, atMs: Date.now() });
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      record.kills.pop();
    }
  }
};

const troubleController: Trouble = async ({ controller, controllerDisk, record }, dice, pace, signal, log) => {
  while (!signal.aborted) {
    await sleep(dice.between(500, pace.pauseMs));
    if (signal.aborted) return;
    const lastsMs = dice.between(20, pace.longestMs);
    switch (dice.between(0, 5)) {
      case 0:
      case 1:
      case 2:
        log(`controller killed for ${lastsMs} ms`);
        await record.during("controller killed", null, async () => {
          await controller.crash();
          await sleep(lastsMs);
          await controller.startAgain();
        });
        break;
      case 3:
        log("controller killed twice");
        await record.during("controller killed", null, async () => {
          await controller.crash();
          await controller.startAgain();
          await sleep(dice.between(0, 400));
          await controller.crash();
          await controller.startAgain();
        });
        break;
      case 4:
        log(`controller stalled for ${lastsMs} ms`);
        await record.during("controller stalled", null, async () => {
          process.kill(controller.process.pid, "SIGSTOP");
          await sleep(lastsMs);
          process.kill(controller.process.pid, "SIGCONT");
        });
        break;
      case 5: {
        if (!(controllerDisk instanceof SmallDisk)) break;
        const dies = dice.between(0, 1) === 1;
        const fill = async () => {
          log(`controller's disk full for ${lastsMs} ms${dies ? ", killed on it" : ""}`);
          controllerDisk.fill();
          await sleep(lastsMs);
          if (dies) await controller.crash();
          controllerDisk.free();
          if (dies) await controller.startAgain();
          // Refused writes are tried again a second later.
          else await sleep(1_500);
        };
        await record.during("controller's disk full", null, fill, dies);
      }
    }
  }
};

const troubleAgents: Trouble = async ({ hosts, record }, dice, pace, signal, log) => {
  while (!signal.aborted) {
    await sleep(dice.between(500, pace.pauseMs));
    if (signal.aborted) return;
    const host = dice.one(hosts);
    const { instance, disk, daemon } = host;
    const lastsMs = dice.between(20, pace.longestMs);
    const what = dice.between(0, 4);
    if (what <= 2 && !unwritten.has(host)) {
      log(`${instance} killed for ${lastsMs} ms`);
      await record.during("agent killed", instance, async () => {
        await host.kill();
        await sleep(lastsMs);
        await host.startAgain();
        await sleep(1_000);
      });
    } else if (what === 3 && daemon !== null) {
      const stallMs = Math.min(lastsMs, 3_000);
      log(`${instance} stalled for ${stallMs} ms`);
      await record.during("agent stalled", instance, async () => {
        process.kill(daemon.pid, "SIGSTOP");
        await sleep(stallMs);
        process.kill(daemon.pid, "SIGCONT");
      });
    } else if (what === 4 && disk instanceof SmallDisk) {
      log(`${instance}'s disk full for ${lastsMs} ms`);
      unwritten.add(host);
      await record.during("agent's disk full", instance, async () => {
        disk.fill();
        await sleep(lastsMs);
        disk.free();
      });
      setTimeout(() => unwritten.delete(host), REWRITTEN_MS);
    }
  }
};

const troubleLinks: Trouble = async ({ hosts, record }, dice, pace, signal, log) => {
  while (!signal.aborted) {
    await sleep(dice.between(200, pace.pauseMs));
    if (signal.aborted) return;
    const { instance, proxy } = dice.one(hosts);
    const lastsMs = dice.between(20, pace.longestMs);
    const what = dice.one(["cut", "half-close", "delay", "stall", "stall and cut", "refuse"] as const);
    log(`link of ${instance}: ${what}, ${lastsMs} ms`);
    await record.during(`link: ${what}`, instance, async () => {
      if (what === "half-close") proxy.halfClose();
      else if (what === "delay") proxy.set("delay", 2_000);
      else if (what === "stall" || what === "stall and cut") proxy.set("stall");
      else if (what === "refuse") proxy.set("refuse");
      if (what === "cut" || what === "refuse") proxy.cut();
      await sleep(lastsMs);
      if (what === "stall and cut") proxy.cut();
      proxy.set("pass");
      // What was held back needs a moment to arrive, a lost connection to come back.
      await sleep(1_000);
    });
  }
};

const TROUBLES: readonly Trouble[] = [killChildren, troubleController, troubleAgents, troubleLinks];

/** Everything at once until the signal; afterwards everything is up, though not settled. Each loop has dice of its own. */
export async function makeTrouble(
  world: World,
  diceOf: (index: number) => Dice,
  pace: Pace,
  signal: AbortSignal,
  log: (what: string) => void,
): Promise<void> {
  await Promise.all(TROUBLES.map((trouble, index) => trouble(world, diceOf(index), pace, signal, log)));
}
