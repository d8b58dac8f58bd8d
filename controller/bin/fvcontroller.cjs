#!/usr/bin/env -S node
// Runs the built fvcontroller of this checkout or package.
const { existsSync } = require("node:fs");
const { join } = require("node:path");

const bundle = join(__dirname, "../dist/fvcontroller.mjs");
if (existsSync(bundle)) {
  import(bundle);
} else {
  process.stderr.write("fvcontroller is not built yet: run `npm run build` in the checkout\n");
  process.exitCode = 1;
}
