// The environment of children: what the daemon inherited, what supervisord adds, what is configured.
import type { ProcessSpec } from "./spec.js";

/** What a join token is handed to the daemon in: no business of any child. */
const SECRETS: ReadonlySet<string> = new Set(["FLEETVISOR_JOIN_TOKEN"]);

/** What every child inherits of the daemon's environment. Node asks the system for each name, so it is taken once. */
export function inheritedEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !SECRETS.has(name)) env[name] = value;
  }
  return env;
}

/** The environment of a child (supervisor 4.x process.py, _spawn_as_child); configured names win over SUPERVISOR_ ones. */
export function childEnvironment(
  inherited: Readonly<Record<string, string>>,
  group: string,
  spec: ProcessSpec,
): Record<string, string> {
  const env: Record<string, string> = { ...inherited, SUPERVISOR_ENABLED: "1" };
  if (spec.serverUrl !== null) env.SUPERVISOR_SERVER_URL = spec.serverUrl;
  env.SUPERVISOR_PROCESS_NAME = spec.name;
  env.SUPERVISOR_GROUP_NAME = group;
  return Object.assign(env, spec.environment);
}
