#!/usr/bin/env -S node --max-semi-space-size=2
// Runs the built fvagent of this checkout or package.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const bundle = join(__dirname, "../dist/daemon/fvagent.mjs");
if (existsSync(bundle)) {
  import(bundle);
} else {
  process.stderr.write("fvagent is not built yet: run `npm run build` in the checkout\n");
  process.exitCode = 1;
}
