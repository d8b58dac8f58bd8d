// Gives orders at random all the while, over the API and with fvctl, and remembers what it was told.
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationList } from "@fleetvisor/proto/api/v1";
import type { Controller } from "../helpers/controller.js";
import { FVCTL } from "../helpers/paths.js";
import { runProcess } from "../helpers/processes.js";
import { type Told, targetName } from "./evidence.js";
import type { Dice } from "./random.js";
import { TARGETS } from "./world.js";

/** The API lists so many at most. */
const LISTED = 200;
const LIST_EVERY_MS = 3_000;
const SELECTORS = ["web-*/api:*", "db-1/all", "*/slow", "web-2/api:*"];

export class OrderGiver {
  readonly told: Told[] = [];
  /** Also those whose giver heard no answer. */
  readonly #ids = new Set<string>();
  readonly #controller: Controller;
  readonly #home: string;
  #unanswered = 0;

  constructor(controller: Controller, home: string) {
    this.#controller = controller;
    this.#home = home;
  }

  get summary(): string {
    return `${this.told.length} orders answered, ${this.#unanswered} not`;
  }

  /** Three at a time until the signal. */
  async run(dice: Dice, signal: AbortSignal): Promise<void> {
    const clients = [this.#api(dice, signal), this.#api(dice, signal), this.#fvctl(dice, signal)];
    await Promise.all([...clients, this.#list(signal)]);
  }

  /** Every operation that is known of, as the controller tells it now. */
  async operations(): Promise<Operation[]> {
    await this.#look();
    const { api } = this.#controller;
    const all: Operation[] = [];
    for (const id of this.#ids) {
      try {
        all.push(await api.get<Operation>(apiPath("operation", { id })));
      } catch (error) {
        if (!String(error).includes("HTTP 404")) throw error;
      }
    }
    return all;
  }

  async #api(dice: Dice, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(dice.between(50, 700));
      const request = {
        verb: verbOf(dice),
        selector: selectorOf(dice),
        timeoutMs: dice.between(1_000, 8_000),
        waitMs: dice.one([0, 500, 10_000]),
      };
      try {
        this.#hear(await this.#controller.api.post<Operation>(API_PATHS.operations, request));
      } catch {
        this.#unanswered += 1;
      }
    }
  }

  async #fvctl(dice: Dice, signal: AbortSignal): Promise<void> {
    const env = {
      FLEETVISOR_CONTROLLER: this.#controller.url,
      FLEETVISOR_TOKEN: this.#controller.token,
      HOME: this.#home,
    };
    while (!signal.aborted) {
      await sleep(dice.between(200, 2_000));
      const args = [FVCTL, verbOf(dice), selectorOf(dice), "--timeout", "5", "-o", "json"];
      const { stdout } = await runProcess(process.execPath, args, { env });
      try {
        this.#hear(JSON.parse(stdout) as Operation);
      } catch {
        this.#unanswered += 1;
      }
    }
  }

  #hear({ id, state, recorded = true }: Operation): void {
    this.#ids.add(id);
    this.told.push({ operationId: id, succeeded: state === "succeeded", recorded });
  }

  /** Orders whose giver was cut off are orders too. */
  async #list(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(LIST_EVERY_MS, null, { signal }).catch(() => null);
      await this.#look().catch(() => null);
    }
  }

  async #look(): Promise<void> {
    const { items } = await this.#controller.api.get<OperationList>(API_PATHS.operations, { limit: LISTED });
    for (const { id } of items) this.#ids.add(id);
  }
}

const verbOf = (dice: Dice) => dice.one(["restart", "restart", "start", "start", "stop"] as const);
const selectorOf = (dice: Dice) => (dice.between(0, 3) === 0 ? dice.one(SELECTORS) : targetName(dice.one(TARGETS)));
