// Asks a person before something that cannot be taken back; a script has to say so beforehand.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Io } from "../io.js";

/** Whether the person said yes. Throws `invalid-argument` where there is nobody to ask. */
export async function confirm(io: Io, what: string): Promise<boolean> {
  if (!io.stdinIsTerminal || !io.stderrIsTerminal) {
    throw new FleetError("invalid-argument", `${what}: say --yes, there is no terminal to ask on`);
  }
  const { processAsker } = await import("../terminal.js");
  const asker = processAsker(process.stderr);
  try {
    return /^y(es)?$/i.test((await asker.ask(`${what}. Go on? [y/N] `)).trim());
  } finally {
    asker.close();
  }
}
