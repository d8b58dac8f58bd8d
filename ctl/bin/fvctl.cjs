#!/usr/bin/env -S node
// Runs the built fvctl of this checkout or package.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const bundle = join(__dirname, "../dist/fvctl.cjs");
if (existsSync(bundle)) {
  require(bundle);
} else {
  process.stderr.write("fvctl is not built yet: run `npm run build` in the checkout\n");
  process.exitCode = 1;
}
