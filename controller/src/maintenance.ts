// `fvcontroller backup` and `fvcontroller check`: the data of a controller that may be running.
import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Command } from "commander";
import type { ControllerConfig } from "./config/keys.js";
import { hasStore, storeFile } from "./controller.js";
import { inspectAuthority } from "./pki/inspect.js";
import { makeBackup } from "./run/backup.js";
import { noteBackup } from "./run/backup-note.js";
import { inspectDatabase } from "./store/sqlite/inspect.js";

const EXIT_DAMAGED = 1;

/** Throws `not-found` for a directory in which no controller was started. */
export function requireStore(dataDir: string): void {
  if (hasStore(dataDir)) return;
  throw new FleetError(
    "not-found",
    `no controller has been started in ${dataDir}: give the --data-dir or -c that it was started with`,
  );
}

/** Adds the commands; `configOf` reads the settings that a command was called with. */
export function addMaintenance(
  add: (name: string, description: string) => Command,
  configOf: (command: Command) => ControllerConfig,
): void {
  add("backup", "copy database and certificate authority into a new folder; works while the controller runs")
    .argument("<DIR>", "folder to make; to restore, copy it to where the data directory was")
    .action((dir: string, _, command: Command) => backup(configOf(command).data_dir, resolve(dir)));

  add(
    "check",
    "look over every page of the database, the audit and the certificate authority; works while the controller runs",
  )
    .option("--quick", "do not compare indexes with their tables", false)
    .action((_, command: Command) => check(configOf(command).data_dir, command.opts<{ quick: boolean }>().quick));
}

async function backup(dataDir: string, target: string): Promise<void> {
  requireStore(dataDir);
  const { stderr } = process;
  const tell = (done: number) => stderr.write(`\rbackup: ${String(Math.floor(done * 100)).padStart(3)} %`);
  const clear = () => (stderr.isTTY ? stderr.write("\r\x1b[K") : false);
  const what = { file: storeFile(dataDir), dataDir, target };
  try {
    const findings = await makeBackup(stderr.isTTY ? { ...what, onProgress: tell } : what);
    clear();
    const { size } = await stat(join(target, basename(what.file)));
    await noteBackup(dataDir, { atMs: Date.now(), origin: "command", sizeBytes: size });
    process.stdout.write(`backup in ${target}: ${findings.map((one) => `${one.what}: ${one.detail}`).join("; ")}\n`);
  } catch (error) {
    clear();
    throw error;
  }
}

async function check(dataDir: string, quick: boolean): Promise<void> {
  requireStore(dataDir);
  const findings = [...inspectDatabase(storeFile(dataDir), quick), await inspectAuthority(dataDir)];
  for (const { what, good, detail } of findings) {
    process.stdout.write(`${good ? "good" : "BAD "}  ${what}: ${detail}\n`);
  }
  if (findings.some(({ good }) => !good)) process.exitCode = EXIT_DAMAGED;
}
