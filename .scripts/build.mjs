// Builds everything that runs: code from the .proto files, the three command bundles, the agent library, the web page.
import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { OUTPUTS } from "./stale.mjs";

const startedAt = new Date();
const root = join(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);

const run = (command, args, cwd = root) =>
  execFileSync(join(root, "node_modules/.bin", command), args, { cwd, stdio: ["ignore", "inherit", "inherit"] });

/** npm packages of a workspace that stay outside its bundle. */
const packagesOf = (workspace) =>
  Object.keys(JSON.parse(readFileSync(`${workspace}/package.json`, "utf8")).dependencies ?? {}).filter(
    (name) => !name.startsWith("@fleetvisor/"),
  );

const common = {
  bundle: true,
  platform: "node",
  target: "node20",
  conditions: ["fleetvisor"],
  sourcemap: "linked",
  logLevel: "warning",
};

run("buf", ["generate"], join(root, "proto"));
// Its files are named by their content: those of earlier builds would pile up.
rmSync("agent/dist/daemon", { recursive: true, force: true });

await Promise.all([
  // The link to a controller, four fifths of the code, in files of its own: without a controller nothing of it is ever read.
  build({
    ...common,
    // Threads are entries of their own.
    entryPoints: {
      fvagent: "agent/src/main.ts",
      "disk-thread": "agent/src/run/disk-thread.ts",
      "log-search-thread": "agent/src/run/log-search-thread.ts",
    },
    outdir: "agent/dist/daemon",
    outExtension: { ".js": ".mjs" },
    format: "esm",
    splitting: true,
    minifySyntax: true,
    external: ["koffi"],
    // For the CommonJS packages inside.
    banner: {
      js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);',
    },
  }),
  build({
    ...common,
    entryPoints: ["agent/src/index.ts"],
    outfile: "agent/dist/index.js",
    format: "esm",
    external: packagesOf("agent"),
  }),
  build({
    ...common,
    entryPoints: { fvcontroller: "controller/src/main.ts", writer: "controller/src/store/sqlite/writer.ts" },
    outdir: "controller/dist",
    outExtension: { ".js": ".mjs" },
    format: "esm",
    external: packagesOf("controller"),
  }),
  build({
    ...common,
    entryPoints: ["ctl/src/main.ts"],
    outfile: "ctl/dist/fvctl.cjs",
    format: "cjs",
    minifySyntax: true,
  }),
]);

run("vite", ["build", "--logLevel", "warn"], join(root, "web"));

// An edit made while this ran may not be in the outputs, so they count as old as the start.
for (const file of OUTPUTS) utimesSync(file, startedAt, startedAt);
