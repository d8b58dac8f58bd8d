// Where people reach the controller, kept in its data directory for the commands that run beside it.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

const FILE = "web-address";

/** Rejects with FleetError `unavailable` when the directory cannot be written. */
export async function keepWebAddress(dataDir: string, url: string): Promise<void> {
  const file = join(dataDir, FILE);
  try {
    await writeFile(file, `${url}\n`, { mode: 0o600 });
  } catch (error) {
    throw new FleetError("unavailable", `cannot write ${file}: ${FleetError.from(error).message}`, { cause: error });
  }
}

/** The address that the controller had at its last start, or null when it never got so far. */
export async function lastWebAddress(dataDir: string): Promise<string | null> {
  try {
    return (await readFile(join(dataDir, FILE), "utf8")).trim();
  } catch {
    return null;
  }
}
