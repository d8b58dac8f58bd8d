// Every setting of the controller, once: its name in the file, its flag, how it is read, its default and what it means.
import { homedir } from "node:os";
import { join } from "node:path";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

/** Where to listen; port 0 lets the system choose. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface ControllerConfig {
  readonly data_dir: string;
  readonly http_listen: Address;
  readonly grpc_listen: Address;
  readonly http_tls_cert: string | null;
  readonly http_tls_key: string | null;
  readonly insecure_http: boolean;
  readonly public_url: string | null;
  readonly heartbeat_seconds: number;
  readonly retention_days: number;
  readonly retention_events: number;
  readonly sample_seconds: number;
  readonly retention_mib: number;
  readonly retention_metrics_days: number;
  readonly retention_metrics_hourly_days: number;
  readonly metrics_public: boolean;
  readonly metrics_processes: number;
  readonly log_level: string;
}

export type ConfigKey = keyof ControllerConfig;

export interface KeyDefinition<T> {
  /** What stands for the value in the help; null for a switch. */
  readonly placeholder: string | null;
  readonly help: string;
  /** The default as text, in the same form as a value in the file; null for none. */
  readonly fallback: string | null;
  /** Throws FleetError `invalid-argument` saying what is wrong with the value. */
  readonly read: (text: string) => T;
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace"];

function bad(message: string): FleetError {
  return new FleetError("invalid-argument", message);
}

/** `host:port`, `[v6]:port`, `*:port` or only a port. Throws `invalid-argument`. */
export function readAddress(text: string): Address {
  const match = /^(?:(?:\[([0-9a-fA-F:.%]+)\]|([^\s:[\]]*)):)?(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) throw bad(`'${text}' is not HOST:PORT`);
  const host = match[1] ?? match[2] ?? "";
  return { host: host === "" || host === "*" ? "0.0.0.0" : host, port };
}

/** `host:port`, with brackets around an IPv6 host. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

function readNumber(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isFinite(value) || value < minimum || value > maximum) {
      throw bad(`'${text}' is not a number from ${minimum} to ${maximum}`);
    }
    return value;
  };
}

function readSwitch(text: string): boolean {
  if (/^(true|yes|on|1)$/i.test(text)) return true;
  if (/^(false|no|off|0)$/i.test(text)) return false;
  throw bad(`'${text}' is neither true nor false`);
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) throw bad(`'${text}' is not an http:// or https:// address`);
  return url.origin;
}

function readLevel(text: string): string {
  if (!LOG_LEVELS.includes(text)) throw bad(`'${text}' is no log level; there are ${LOG_LEVELS.join(" ")}`);
  return text;
}

function readPath(text: string): string {
  if (text === "") throw bad("a path is missing");
  return text.replace(/^~(?=\/|$)/, homedir());
}

function defaultDataDir(): string {
  return process.getuid?.() === 0
    ? "/var/lib/fleetvisor-controller"
    : join(homedir(), ".local/state/fleetvisor/controller");
}

export const KEYS: { readonly [K in ConfigKey]: KeyDefinition<ControllerConfig[K]> } = {
  data_dir: {
    placeholder: "DIR",
    help: "history, certificate authority and secrets",
    fallback: defaultDataDir(),
    read: readPath,
  },
  http_listen: {
    placeholder: "HOST:PORT",
    help: "web page and API for people and fvctl",
    fallback: "127.0.0.1:9700",
    read: readAddress,
  },
  grpc_listen: { placeholder: "HOST:PORT", help: "agents, over mTLS", fallback: "0.0.0.0:9701", read: readAddress },
  http_tls_cert: {
    placeholder: "FILE",
    help: "certificate chain of the web page, PEM; without it the page is plain http",
    fallback: null,
    read: readPath,
  },
  http_tls_key: { placeholder: "FILE", help: "its private key, PEM", fallback: null, read: readPath },
  insecure_http: {
    placeholder: null,
    help: "allow plain http on an address that other hosts can reach (behind a TLS proxy)",
    fallback: "false",
    read: readSwitch,
  },
  public_url: {
    placeholder: "URL",
    help: "address of the web page as people reach it, for links",
    fallback: null,
    read: readUrl,
  },
  heartbeat_seconds: {
    placeholder: "N",
    help: "how often an idle agent says that it is there; three missed make it late, twelve lost",
    fallback: "5",
    read: readNumber(0.2, 60),
  },
  retention_days: { placeholder: "N", help: "how long history is kept", fallback: "90", read: readNumber(0.01, 3650) },
  retention_events: {
    placeholder: "N",
    help: "how many events of history are kept at most",
    fallback: "10000000",
    read: readNumber(1000, 1e9),
  },
  retention_mib: {
    placeholder: "N",
    help: "how much room all of that may take; figures by the minute give way first, then events; 0 for any amount",
    fallback: "20480",
    read: (text) => (/^0+$/.test(text) ? 0 : readNumber(16, 1e9)(text)),
  },
  sample_seconds: {
    placeholder: "N",
    help: "how often agents tell what host and processes use of CPU and memory; 0 for never",
    fallback: "15",
    read: (text) => (/^0+$/.test(text) ? 0 : readNumber(0.2, 3600)(text)),
  },
  retention_metrics_days: {
    placeholder: "N",
    help: "how long that is kept by the minute",
    fallback: "7",
    read: readNumber(0.1, 3650),
  },
  retention_metrics_hourly_days: {
    placeholder: "N",
    help: "how long that is kept by the hour",
    fallback: "400",
    read: readNumber(0.1, 3650),
  },
  metrics_public: {
    placeholder: null,
    help: "answer /metrics to anybody; without it a token is needed that may read the whole fleet",
    fallback: "false",
    read: readSwitch,
  },
  metrics_processes: {
    placeholder: "N",
    help: "up to so many processes each has series of its own in /metrics, with more only their instances",
    fallback: "5000",
    read: readNumber(0, 1e6),
  },
  log_level: { placeholder: "LEVEL", help: LOG_LEVELS.join(", "), fallback: "info", read: readLevel },
};

export const KEY_NAMES = Object.keys(KEYS) as ConfigKey[];

/** `data_dir` is `--data-dir` on the command line. */
export function flagOf(key: ConfigKey): string {
  return `--${key.replaceAll("_", "-")}`;
}
