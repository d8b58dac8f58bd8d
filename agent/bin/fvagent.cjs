#!/bin/sh
":" //; FLEETVISOR_OPEN_FILES="$(ulimit -Sn)" exec node --max-semi-space-size=2 --v8-pool-size=1 "$0" "$@"
// Runs the built fvagent of this checkout or package, with a small heap and few threads, since it mostly idles. To the shell the line
// above is the whole program: Node raises its limit of open files at its start, and what it was before is what programs are to have.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const bundle = join(__dirname, "../dist/daemon/fvagent.mjs");
if (existsSync(bundle)) {
  import(bundle);
} else {
  process.stderr.write("fvagent is not built yet: run `npm run build` in the checkout\n");
  process.exitCode = 1;
}
