// A small fleet in a test: one controller and some agents, each with own folder, config file, state and children.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage, InstanceList, Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { type Controller, startController } from "./controller.js";
import { eventually } from "./eventually.js";
import { FVCTL } from "./paths.js";
import { type Finished, runProcess } from "./processes.js";
import type { Scope } from "./scope.js";
import { type Daemon, startDaemon } from "./supervisord.js";
import { tempDir } from "./temp-dir.js";

export interface AgentPlan {
  readonly name: string;
  /** `role=web,dc=ams`. */
  readonly labels?: string;
  /** Program sections; `{dir}` becomes the agent's folder. */
  readonly sections: string;
}

export interface Fleet {
  readonly controller: Controller;
  /** By instance name. */
  readonly agents: ReadonlyMap<string, Daemon>;
  agent(name: string): Daemon;
  /** Environment in which fvctl is logged in. */
  readonly ctlEnv: Readonly<Record<string, string>>;
  fvctl(...args: string[]): Promise<Finished>;
  processes(selector?: string): Promise<Process[]>;
  /** History of a selector, oldest first, every page of it. */
  history(selector?: string): Promise<HistoryEvent[]>;
}

/** The [fleetvisor] section of an agent that keeps its state in `dir` and finds its join token there. */
export function linkSection(dir: string, plan: Pick<AgentPlan, "name" | "labels">, grpcPort: number): string {
  return `[fleetvisor]
controller = 127.0.0.1:${grpcPort}
name = ${plan.name}
labels = ${plan.labels ?? ""}
state_dir = ${dir}/state
join_token_file = ${dir}/join-token
`;
}

/** Starts an agent that joins the controller. */
export async function startAgent(
  t: Scope,
  controller: Pick<Controller, "joinToken" | "grpcPort">,
  plan: AgentPlan,
): Promise<Daemon> {
  const dir = tempDir(t);
  writeFileSync(join(dir, "join-token"), `${await controller.joinToken()}\n`, { mode: 0o600 });
  const sections = `${linkSection(dir, plan, controller.grpcPort)}\n${plan.sections}`;
  return startDaemon(t, { kind: "fvagent", dir, sections });
}

/** Starts everything and waits until each agent is live. */
export async function startFleet(t: Scope, plans: readonly AgentPlan[]): Promise<Fleet> {
  const controller = await startController(t);
  const daemons = await Promise.all(plans.map((plan) => startAgent(t, controller, plan)));
  const agents = new Map(daemons.map((daemon, i) => [plans[i]?.name ?? "", daemon]));
  const ctlEnv = {
    FLEETVISOR_CONTROLLER: controller.url,
    FLEETVISOR_TOKEN: controller.token,
    HOME: tempDir(t),
  };
  const fleet: Fleet = {
    controller,
    agents,
    agent(name) {
      const daemon = agents.get(name);
      if (daemon === undefined) throw new Error(`no agent ${name}`);
      return daemon;
    },
    ctlEnv,
    fvctl: (...args) => runProcess(process.execPath, [FVCTL, ...args], { env: ctlEnv }),
    async processes(selector) {
      const query = selector === undefined ? {} : { selector };
      return (await controller.api.get<ProcessList>(API_PATHS.processes, { ...query, limit: 1000 })).items;
    },
    async history(selector) {
      const events: HistoryEvent[] = [];
      let cursor: string | null = null;
      do {
        const query: Record<string, string | number> = { limit: 1000 };
        if (selector !== undefined) query.selector = selector;
        if (cursor !== null) query.cursor = cursor;
        const page: HistoryPage = await controller.api.get<HistoryPage>(API_PATHS.events, query);
        events.push(...page.items);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return events.reverse();
    },
  };
  await eventually(
    async () => {
      const { items } = await controller.api.get<InstanceList>(API_PATHS.instances);
      return (
        items.length === plans.length && items.every(({ liveness, mood }) => liveness === "live" && mood === "RUNNING")
      );
    },
    {
      what: "every agent is live and has told what it runs",
      context: () => [controller.process, ...daemons.map((daemon) => daemon.process)].map((p) => p.output()).join("\n"),
    },
  );
  return fleet;
}
