// Whether the built commands and the web page are older than what they are built from.
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./setup.mjs";

/** What a build makes last of each kind; all must be there and newer than every source. */
export const OUTPUTS = [
  "agent/dist/daemon/fvagent.mjs",
  "agent/dist/index.js",
  "controller/dist/fvcontroller.mjs",
  "ctl/dist/fvctl.cjs",
  "web/dist/index.html",
];

const SOURCES = [
  ...["proto/fleet", "proto/src", "proto/buf.gen.yaml", "proto/package.json"],
  ...["agent/src", "agent/package.json", "controller/src", "controller/package.json"],
  ...["ctl/src", "ctl/package.json", "web/src", "web/public", "web/index.html", "web/vite.config.ts"],
  ...["package-lock.json", ".scripts/build.mjs"],
];

/** Made by the build itself, or by nobody's hand. */
const SKIPPED = new Set(["gen", "dist", "node_modules"]);

/** Latest change in a file or a folder; a folder's own time tells of removed files. 0 for what is not there. */
function newestMs(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  const inside = readdirSync(path)
    .filter((name) => !SKIPPED.has(name))
    .map((name) => newestMs(join(path, name)));
  return Math.max(stat.mtimeMs, ...inside);
}

/** True when a build is needed. */
export function isStale() {
  const built = OUTPUTS.map((file) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return Math.min(...built) <= Math.max(...SOURCES.map((path) => newestMs(join(root, path))));
}
