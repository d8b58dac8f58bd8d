// What the link needs to know: the [fleetvisor] section with FLEETVISOR_ environment variables laid over it.
import { homedir, hostname } from "node:os";
import { join } from "node:path";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ControllerAddress, FleetvisorConfig } from "../config/resolved.js";

export interface LinkSettings {
  readonly controllers: readonly ControllerAddress[];
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Where the agent keeps its identity. */
  readonly stateDir: string;
  readonly joinToken: { readonly file: string } | { readonly text: string } | null;
}

const DEFAULT_PORT = 9701;

/** `host`, `host:port` or `[v6]:port`. Throws FleetError. */
export function parseController(text: string): ControllerAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]+))(?::(\d{1,5}))?$/.exec(text);
  const port = Number(match?.[3] ?? DEFAULT_PORT);
  const host = match?.[1] ?? match?.[2];
  if (host === undefined || port < 1 || port > 65_535) {
    throw new FleetError("invalid-argument", `controller address '${text}' is not HOST:PORT`);
  }
  return { host, port };
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: ControllerAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function defaultStateDir(): string {
  return process.getuid?.() === 0 ? "/var/lib/fleetvisor" : join(homedir(), ".local/state/fleetvisor");
}

/**
 * FLEETVISOR_CONTROLLER, _NAME, _STATE_DIR and _JOIN_TOKEN win over the section, so that a configuration file can stay
 * as it is. Null when no controller is configured: the agent is then a supervisord and nothing more.
 */
export function linkSettings(config: FleetvisorConfig | null, env: NodeJS.ProcessEnv): LinkSettings | null {
  const fromEnv = env.FLEETVISOR_CONTROLLER?.split(/[\s,]+/).filter((word) => word !== "");
  const controllers = fromEnv?.length ? fromEnv.map(parseController) : (config?.controllers ?? []);
  if (controllers.length === 0) return null;
  const token = env.FLEETVISOR_JOIN_TOKEN;
  return {
    controllers,
    name: env.FLEETVISOR_NAME || config?.name || hostname(),
    labels: config?.labels ?? {},
    stateDir: env.FLEETVISOR_STATE_DIR || config?.state_dir || defaultStateDir(),
    joinToken: token ? { text: token } : config?.join_token_file ? { file: config.join_token_file } : null,
  };
}
