// The `[fleetvisor]` section: which controllers, under which name and labels. supervisord ignores it, so it is read last.
import { Names } from "./expand.js";
import { FLEETVISOR } from "./options.js";
import { absolutePath, expandUser } from "./paths.js";
import { type Reading, SectionReader } from "./reading.js";
import type { FleetvisorConfig } from "./resolved.js";

const SECTION = "fleetvisor";

/** Null without the section. Relative paths are against the main file's directory, so that a reread finds the same. */
export function readFleetvisorSection(reading: Reading): FleetvisorConfig | null {
  const { ini, world, here, environ } = reading;
  if (!ini.sections.has(SECTION)) return null;
  const names = new Map([
    ["here", here],
    ["host_node_name", world.hostname],
  ]);
  const { controller, name, labels, state_dir, join_token_file, metrics } = new SectionReader(
    reading,
    SECTION,
    new Names(names, environ),
  ).all(FLEETVISOR);
  const resolve = (path: string | null) => (path === null ? null : absolutePath(expandUser(path, world), here));
  return {
    controllers: controller,
    name: name ?? world.hostname,
    labels: Object.fromEntries(labels),
    state_dir: resolve(state_dir),
    join_token_file: resolve(join_token_file),
    metrics,
  };
}
