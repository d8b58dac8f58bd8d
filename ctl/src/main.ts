// The process around fvctl: argv in, exit status out.

import { runCli } from "./cli.js";
import { processIo } from "./io.js";

runCli(processIo(), process.argv.slice(2), process.argv[1] ?? "fvctl").then((status) => {
  process.exitCode = status;
});
