// The fleet of a fault run: a controller and agents with a proxy between each and it, all of which can be killed and come back.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { InstanceList } from "@fleetvisor/proto/api/v1";
import { type Controller, startController } from "../helpers/controller.js";
import { eventually } from "../helpers/eventually.js";
import { linkSection } from "../helpers/fleet.js";
import { program } from "../helpers/paths.js";
import { childrenOf } from "../helpers/proc.js";
import type { Scope } from "../helpers/scope.js";
import { type Daemon, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";
import type { Disturbance, Kill, Target } from "./evidence.js";
import { LinkProxy } from "./proxy.js";
import { SmallDisk } from "./small-disk.js";

const CONTROLLER_DISK_BYTES = 64 * 1024 * 1024;
const AGENT_DISK_BYTES = 1024 * 1024;
const INSTANCES = ["web-1", "web-2", "db-1"] as const;

/** Quick ones, and one that must stay up for a second before it counts. */
const PROGRAMS = `
[program:api]
command = ${program("leaves-a-trail.sh")} {dir}/trail-%(process_num)02d
process_name = api-%(process_num)02d
numprocs = 4
startsecs = 0
autorestart = true
stopwaitsecs = 5

[program:slow]
command = ${program("leaves-a-trail.sh")} {dir}/trail-slow
startsecs = 1
startretries = 1000
autorestart = true
stopwaitsecs = 5
`;
const API_NAMES = ["api-00", "api-01", "api-02", "api-03"] as const;
const trailFile = (name: string) => `trail-${name.replace("api-", "")}`;

export const TARGETS: readonly Target[] = INSTANCES.flatMap((instance) => [
  ...API_NAMES.map((name): Target => ({ instance, group: "api", name, startMs: 0 })),
  { instance, group: "slow", name: "slow", startMs: 1000 },
]);

/** Parent and start time (clock ticks since the system's start) of a process; null when it is gone or a zombie. */
function identityOf(pid: number): { readonly parent: number; readonly startTicks: string } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? null : { parent: Number(fields[1]), startTicks: fields[19] ?? "" };
  } catch {
    return null;
  }
}

/** An agent over all its starts. */
export class Host {
  readonly killsMs: number[] = [];
  daemon: Daemon | null = null;

  constructor(
    readonly instance: string,
    readonly dir: string,
    readonly proxy: LinkProxy,
    readonly disk: SmallDisk | string,
    readonly start: () => Promise<Daemon>,
  ) {}

  trail(name: string): number[] {
    try {
      const text = readFileSync(join(this.dir, trailFile(name)), "utf8").trim();
      return text === "" ? [] : text.split("\n").map(Number);
    } catch {
      return [];
    }
  }

  log(): string {
    return readFileSync(join(this.dir, "main.log"), "utf8");
  }

  /** The living child that wrote itself down last; null when there is none. */
  childOf(name: string): number | null {
    const pid = this.trail(name).at(-1);
    if (pid === undefined || this.daemon === null) return null;
    return identityOf(pid)?.parent === this.daemon.pid ? pid : null;
  }

  /** Ends the agent at once, then its children, which nobody would: it is stopped first, so that none is born meanwhile. */
  async kill(): Promise<void> {
    const { daemon } = this;
    if (daemon === null) return;
    this.daemon = null;
    process.kill(daemon.pid, "SIGSTOP");
    this.killsMs.push(Date.now());
    const children = childrenOf(daemon.pid).map((pid) => ({ pid, startTicks: identityOf(pid)?.startTicks }));
    await daemon.stop("SIGKILL");
    for (const { pid, startTicks } of children) {
      if (startTicks !== undefined && identityOf(pid)?.startTicks === startTicks) process.kill(pid, "SIGKILL");
    }
    await eventually(() => children.every(({ pid, startTicks }) => identityOf(pid)?.startTicks !== startTicks), {
      what: `the children of ${this.instance} are gone`,
    });
  }

  async startAgain(): Promise<void> {
    this.daemon = await this.start();
  }
}

/** What the driver does and when. */
export class Record {
  readonly disturbances: Disturbance[] = [];
  readonly kills: Kill[] = [];

  /** Does something that is in the way of an instance, or of all (null), until the work is done. */
  async during<T>(what: string, instance: string | null, work: () => Promise<T>, forgets = false): Promise<T> {
    const fromMs = Date.now();
    try {
      return await work();
    } finally {
      this.disturbances.push({ what, instance, fromMs, toMs: Date.now(), forgets });
    }
  }
}

export interface World {
  readonly controller: Controller;
  readonly controllerDisk: SmallDisk | string;
  readonly hosts: readonly Host[];
  readonly record: Record;
  /** Resolves when every agent is live. */
  allLive(withinMs: number): Promise<void>;
}

/** Starts everything and waits until every agent is live. `random` is in [0, 1). */
export async function startWorld(t: Scope, random: () => number): Promise<World> {
  const dataDir = join(tempDir(t), "data");
  const controllerDisk = SmallDisk.mount(t, dataDir, CONTROLLER_DISK_BYTES);
  const controller = await startController(t, dataDir);
  const hosts: Host[] = [];
  for (const instance of INSTANCES) {
    const dir = tempDir(t);
    const disk = SmallDisk.mount(t, join(dir, "state"), AGENT_DISK_BYTES);
    const proxy = await LinkProxy.start(t, controller.grpcPort, random);
    writeFileSync(join(dir, "join-token"), `${await controller.joinToken()}\n`, { mode: 0o600 });
    const sections = `${linkSection(dir, { name: instance }, proxy.port)}\n${PROGRAMS}`;
    const host = new Host(instance, dir, proxy, disk, () => startDaemon(t, { kind: "fvagent", dir, sections }));
    await host.startAgain();
    hosts.push(host);
  }
  const allLive = async (withinMs: number): Promise<void> => {
    await eventually(
      async () => {
        const { items } = await controller.api.get<InstanceList>(API_PATHS.instances);
        return items.length === hosts.length && items.every(({ liveness }) => liveness === "live");
      },
      { what: "every agent is live", withinMs, everyMs: 100, context: () => controller.process.output().slice(-4000) },
    );
  };
  await allLive(30_000);
  return { controller, controllerDisk, hosts, record: new Record(), allLive };
}
