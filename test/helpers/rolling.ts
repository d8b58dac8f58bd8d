// Three hosts whose programs write down when they were started, and operations on them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Operation, OperationRequest } from "@fleetvisor/proto/api/v1";
import type { Controller } from "./controller.js";
import { eventually } from "./eventually.js";
import type { AgentPlan, Fleet } from "./fleet.js";
import { program } from "./paths.js";

const PROGRAMS = `
[program:api]
command = ${program("leaves-a-dated-trail.sh")} {dir}/api-%(process_num)d
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0

[program:flaky]
command = ${program("waits-and-exits.sh")} {dir}/flaky 1
startsecs = 0
autorestart = true
`;
export const NAMES = ["web-1", "web-2", "web-3"] as const;
export const HOSTS: readonly AgentPlan[] = NAMES.map((name) => ({ name, labels: "role=web", sections: PROGRAMS }));
export const APIS = NAMES.flatMap((host) => ["api-0", "api-1"].map((name) => [host, name] as const));

/** The starts of a process by its own word. */
export function trail(fleet: Fleet, host: string, name: string): { readonly pid: number; readonly atMs: number }[] {
  const lines = readFileSync(join(fleet.agent(host).dir, name), "utf8")
    .trim()
    .split("\n");
  return lines.map((line) => {
    const [pid = 0, atMs = 0] = line.split(" ").map(Number);
    return { pid, atMs };
  });
}

/** How often each was started, by its own word. */
export const starts = (fleet: Fleet) => APIS.map(([host, name]) => trail(fleet, host, name).length);

export async function operationOf(controller: Pick<Controller, "api">, id: string): Promise<Operation> {
  return controller.api.get<Operation>(apiPath("operation", { id }));
}

export async function finished(controller: Pick<Controller, "api">, id: string, withinMs = 60_000): Promise<Operation> {
  let last: Operation | null = null;
  return eventually(
    async () => {
      last = await operationOf(controller, id);
      return last.finishedAtMs !== null && last;
    },
    { what: "the operation is over", withinMs, everyMs: 50, context: () => JSON.stringify(last, null, 1) },
  );
}

export const begin = (controller: Pick<Controller, "api">, request: OperationRequest) =>
  controller.api.post<Operation>(API_PATHS.operations, request);

export const results = ({ targets }: Operation) => targets.map(({ target, result }) => `${target} ${result}`);
