// A command line to the mode it means; turns whatever fails into one line on stderr with an exit status. Never rejects.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { EXITS, exitOfKind } from "./exit.js";
import { hasController } from "./fleet/credentials.js";
import { Interrupted } from "./interrupted.js";
import type { Io } from "./io.js";
import { decideMode } from "./mode.js";

/** Runs fvctl. `executable` is the script's path, where supervisorctl's config search begins. Answers the exit status. */
export async function runCli(io: Io, args: readonly string[], executable: string): Promise<number> {
  return told(io, async () => {
    const mode = decideMode(args, hasController(io.env));
    if (mode === "direct") {
      const { runDirect } = await import("./direct/direct.js");
      const status = await runDirect(io, args, executable);
      if (status !== "help") return status;
    }
    io.leaveWhenInterrupted();
    const { runFleet } = await import("./fleet/program.js");
    if (mode !== "fleet") return runFleet(io, ["--help"]);
    // Alone on a terminal it is a shell, as supervisorctl is.
    return runFleet(io, args.length === 0 && io.stdinIsTerminal && io.stdoutIsTerminal ? ["shell"] : args);
  });
}

/** Runs one fleet command, as the shell has it typed. Answers the exit status. */
export async function runCommand(io: Io, args: readonly string[]): Promise<number> {
  return told(io, async () => {
    const { runFleet } = await import("./fleet/program.js");
    return runFleet(io, args);
  });
}

async function told(io: Io, run: () => Promise<number>): Promise<number> {
  try {
    return await run();
  } catch (thrown) {
    if (thrown instanceof Interrupted) {
      await io.err("\n"); // the question is still on the line
      return EXITS.interrupted.status;
    }
    return await tellFailure(io, FleetError.from(thrown));
  }
}

async function tellFailure(io: Io, error: FleetError): Promise<number> {
  await io.err(`fvctl: ${error.message}\n`);
  if (error.kind === "internal") {
    const cause = error.cause ?? error;
    const { FLEETVISOR_DEBUG: debug } = io.env;
    const stack = cause instanceof Error ? cause.stack : undefined;
    await io.err(debug === undefined ? "this is a defect; FLEETVISOR_DEBUG=1 shows where\n" : `${stack}\n`);
  }
  return EXITS[exitOfKind(error.kind)].status;
}
