// Names of the fleet for completion: a bounded number, kept for some seconds in a file, and never an error.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { InstanceList, OperationList, ProcessList } from "@fleetvisor/proto/api/v1";
import { PROCESS_STATE_NAMES } from "@fleetvisor/proto/vocabulary/states";
import { SHORT_ID } from "../render/operations.js";
import { ApiClient, type Query } from "./client.js";
import { chooseAccess } from "./credentials.js";
import type { GlobalOptions } from "./world.js";

type Env = Readonly<Record<string, string | undefined>>;

/** What the names beginning with `typed` are; none where they cannot be had. */
export interface LiveNames {
  targets(typed: string): Promise<readonly string[]>;
  instances(typed: string): Promise<readonly string[]>;
  /** How the ids of the latest operations begin. */
  operations(typed: string): Promise<readonly string[]>;
}

const FRESH_MS = 10_000;
const WITHIN_MS = 1_500;
const MOST_INSTANCES = 200;
const MOST_PROCESSES = 1_000;
const MOST_OPERATIONS = 20;
/** Answers kept at a time. */
const KEPT = 32;

interface Kept {
  readonly atMs: number;
  readonly names: readonly string[];
}

export function liveNames(env: Env, globals: GlobalOptions): LiveNames {
  const instances = (typed: string) =>
    // Patterns and lists are for their author to finish.
    /[*?[\]\\,='"\s]/.test(typed) ? Promise.resolve([]) : namesOf(env, globals, "instances", typed);
  return {
    instances,
    operations: async (typed) => (await namesOf(env, globals, "operations", "")).filter((id) => id.startsWith(typed)),
    async targets(typed) {
      const [, state] = /^(state!?=)/.exec(typed) ?? [];
      if (state !== undefined) {
        return PROCESS_STATE_NAMES.map((name) => `${state}${name}`).filter((word) => word.startsWith(typed));
      }
      const slash = typed.indexOf("/");
      if (slash < 0) {
        const words = ["all", "state="].filter((word) => word.startsWith(typed));
        return [...words, ...(await instances(typed)).map((name) => `${name}/`)];
      }
      const instance = typed.slice(0, slash);
      if (/[*?[\]\\,='"\s]/.test(instance)) return [];
      const processes = await namesOf(env, globals, "processes", instance);
      const groups = [...new Set(processes.map((name) => name.split(":", 1)[0] ?? ""))].map((group) => `${group}:*`);
      return ["all", ...processes, ...groups]
        .map((name) => `${instance}/${name}`)
        .filter((word) => word.startsWith(typed));
    },
  };
}

/** Names of instances that begin with a text, or of the processes of one; or the latest operations. */
async function namesOf(
  env: Env,
  globals: GlobalOptions,
  what: "instances" | "processes" | "operations",
  text: string,
): Promise<readonly string[]> {
  try {
    const access = chooseAccess(globals, env);
    const key = createHash("sha256").update([access.url, access.token, what, text].join("\n")).digest("hex");
    const known = readKept(env);
    const fresh = known[key];
    const ageMs = Date.now() - (fresh?.atMs ?? 0);
    if (fresh !== undefined && ageMs >= 0 && ageMs < FRESH_MS) return fresh.names;
    const client = new ApiClient(access);
    const get = <T>(path: string, query: Query) => client.get<T>(path, query, AbortSignal.timeout(WITHIN_MS));
    let names: readonly string[];
    if (what === "instances") {
      const query = { selector: `${text}*/all`, limit: MOST_INSTANCES };
      names = (await get<InstanceList>(API_PATHS.instances, query)).items.map(({ name }) => name);
    } else if (what === "operations") {
      const { items } = await get<OperationList>(API_PATHS.operations, { limit: MOST_OPERATIONS });
      names = items.map(({ id }) => id.slice(0, SHORT_ID));
    } else {
      const query = { selector: `${text}/all`, limit: MOST_PROCESSES };
      names = (await get<ProcessList>(API_PATHS.processes, query)).items.map(({ group, name }) => `${group}:${name}`);
    }
    keep(env, { ...known, [key]: { atMs: Date.now(), names } });
    return names;
  } catch {
    return []; // at a prompt there is no place for an error
  }
}

function cacheFile(env: Env): string {
  const cache = env.XDG_CACHE_HOME;
  const base = cache === undefined || cache === "" ? join(env.HOME ?? homedir(), ".cache") : cache;
  return join(base, "fleetvisor/completion.json");
}

function readKept(env: Env): Readonly<Record<string, Kept>> {
  try {
    return JSON.parse(readFileSync(cacheFile(env), "utf8")) as Record<string, Kept>;
  } catch {
    return {};
  }
}

function keep(env: Env, kept: Readonly<Record<string, Kept>>): void {
  const newest = Object.entries(kept)
    .filter(([, { atMs }]) => Date.now() - atMs < FRESH_MS)
    .toSorted(([, a], [, b]) => b.atMs - a.atMs)
    .slice(0, KEPT);
  const file = cacheFile(env);
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(Object.fromEntries(newest)), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // Asked again next time.
  }
}
