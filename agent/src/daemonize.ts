// Going into the background: a second process of the same program that outlives this one, started before any child exists.
import { closeSync, openSync, writeSync } from "node:fs";
import { Libc } from "./run/libc.js";

/** Tells the second process that it is the daemon, and which soft limit of open files its launcher had. */
const MARKER = "FLEETVISOR_DAEMON";
const READY_FD = 3;

export interface Daemon {
  readonly launcherOpenFiles: number | null;
}

/** What the marker says when this process is the daemon, else null. The marker is taken out of the environment. */
export function readMarker(): Daemon | null {
  const marker = process.env[MARKER];
  delete process.env[MARKER];
  return marker === undefined ? null : { launcherOpenFiles: marker === "" ? null : Number(marker) };
}

/**
 * Starts the daemon in a session of its own and waits until it is ready or has failed; its error messages appear on our
 * standard error. Resolves with the exit status for this process. supervisord forks; a Node process cannot, so the program
 * is run again.
 */
export async function startDaemon(launcherOpenFiles: number | null): Promise<number> {
  // Only the launcher needs it; the daemon starts without.
  const { spawn } = await import("node:child_process");
  const daemon = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
    env: { ...process.env, [MARKER]: launcherOpenFiles === null ? "" : String(launcherOpenFiles) },
  });
  return new Promise((resolve) => {
    daemon.stdio[READY_FD]?.once("data", () => {
      daemon.unref();
      resolve(0);
    });
    daemon.once("error", (error) => {
      process.stderr.write(`Error: cannot start the daemon: ${error.message}\n`);
      resolve(1);
    });
    daemon.once("exit", (code) => resolve(code ?? 1));
  });
}

/** In the daemon, once everything that can fail has not: leaves the terminal alone and lets the launcher go. */
export function detach(): void {
  const libc = new Libc();
  const nothing = openSync("/dev/null", "r+");
  for (const fd of [0, 1, 2]) libc.dup2(nothing, fd);
  closeSync(nothing);
  try {
    writeSync(READY_FD, "ready");
  } catch {
    // The launcher was killed meanwhile; the daemon goes on.
  }
  closeSync(READY_FD);
}
