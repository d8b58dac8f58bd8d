// How the controller itself does, for Prometheus: its process, its loop, its store, who is connected, and the fleet in numbers.
import { LIVENESS, PROCESS_STATE_NAMES } from "@fleetvisor/proto/vocabulary/states";
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { VERSION } from "../version.js";
import type { ApiWorld } from "./context.js";

/** How exactly the delay of the loop is watched: each look is a wake-up. */
const LOOP_PRECISION_MS = 100;

export type OwnWorld = Pick<ApiWorld, "store" | "fleet" | "metrics" | "agents" | "streams">;

/**
 * A registry that reads everything when it is asked. Watching the loop begins here: make it when there is somebody who asks, once, since
 * it never ends.
 */
export function ownRegistry({ store, fleet, metrics, agents, streams }: OwnWorld): Registry {
  const register = new Registry();
  collectDefaultMetrics({ register, eventLoopMonitoringPrecision: LOOP_PRECISION_MS });

  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      ...{ name, help, registers: [register] },
      collect() {
        this.set(read());
      },
    });
  /** Of what is counted elsewhere. */
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      ...{ name, help, registers: [register] },
      collect() {
        this.reset();
        this.inc(read());
      },
    });

  new Gauge({
    ...{ name: "fleetvisor_build_info", help: "1 with the version of the controller.", registers: [register] },
    labelNames: ["version"],
  }).set({ version: VERSION }, 1);
  new Gauge({
    ...{ name: "fleetvisor_instances", help: "Instances by liveness.", registers: [register] },
    labelNames: ["liveness"],
    collect() {
      for (const liveness of LIVENESS) this.set({ liveness }, 0);
      for (const name of fleet.fleet.instances.keys()) this.inc({ liveness: fleet.livenessOf(name) });
    },
  });
  new Gauge({
    ...{ name: "fleetvisor_processes", help: "Processes of the fleet by state.", registers: [register] },
    labelNames: ["state"],
    collect() {
      for (const state of PROCESS_STATE_NAMES) this.set({ state }, fleet.fleet.counts[state]);
    },
  });
  gauge("fleetvisor_agent_sessions", "Agents that are connected.", () => agents.attached);
  gauge("fleetvisor_stream_clients", "Event streams that are open: web pages, followers of logs.", () => streams.count);
  counter("fleetvisor_samples_total", "Samples taken from agents.", () => metrics.samples);
  gauge("fleetvisor_store_writable", "1 while history can be written.", () => Number(store.trouble === null));
  gauge("fleetvisor_store_waiting_rows", "Rows that wait to be committed.", () => store.load.waitingRows);
  counter("fleetvisor_store_rows_total", "Rows committed.", () => store.load.rows);
  counter("fleetvisor_store_commits_total", "Commits of the store.", () => store.load.commits);
  counter(
    "fleetvisor_store_commit_seconds_total",
    "Time that commits took, the way to the writer included; by fleetvisor_store_commits_total the mean.",
    () => store.load.commitMs / 1000,
  );
  return register;
}
