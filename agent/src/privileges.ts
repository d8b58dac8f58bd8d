// What the daemon gives up and asks for at its start: its user, and how many files may be open.
import { readFileSync } from "node:fs";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { SupervisordConfig } from "./config/resolved.js";
import { Libc } from "./run/libc.js";

export interface Notice {
  readonly level: "critical" | "warn" | "info";
  readonly text: string;
}

/** The type declarations of Node leave this call out. */
const accounts: { initgroups?: (user: number, extraGroup: number) => void } = process as object;

/**
 * Becomes the configured user (supervisor 4.x options.py, drop_privileges). The notice is for the activity log; null when
 * there is nothing to say. Throws FleetError `forbidden`.
 */
export function dropPrivileges(config: SupervisordConfig): Notice | null {
  const own = process.getuid?.();
  if (config.uid === null) {
    if (own !== 0) return null;
    return {
      level: "critical",
      text:
        "Supervisor is running as root.  Privileges were not dropped because no user is specified in the config file.  " +
        "If you intend to run as root, you can set user=root in the config file to avoid this message.",
    };
  }
  if (config.uid !== own) {
    if (own !== 0) throw new FleetError("forbidden", "Can't drop privilege as nonroot user");
    try {
      const gid = config.gid ?? config.uid;
      accounts.initgroups?.(config.uid, gid);
      process.setgid?.(gid);
      process.setuid?.(config.uid);
    } catch (error) {
      throw new FleetError("forbidden", `Could not become user '${config.user}': ${FleetError.from(error).message}`);
    }
  }
  return { level: "info", text: `Set uid to user ${config.uid} succeeded` };
}

/**
 * The soft limit of open files that this process was given. Node raises its own to the hard limit at start, so it is asked
 * of the process that started us; null when that cannot say.
 */
export function launcherOpenFiles(): number | null {
  if (process.ppid <= 1) return null;
  try {
    const limits = readFileSync(`/proc/${process.ppid}/limits`, "utf8");
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

/**
 * The soft limit for children: what the launcher had, at least `minfds`. Throws FleetError `unavailable` when the system
 * allows fewer than that (options.py, set_rlimits_or_exit).
 */
export function childOpenFiles(minfds: number, launcher: number | null): { limit: number; notice: Notice | null } {
  const { hard } = new Libc().openFileLimit();
  if (hard < BigInt(minfds)) {
    throw new FleetError(
      "unavailable",
      `The minimum number of file descriptors required to run this process is ${minfds} as per the "minfds" command-line ` +
        `argument or config file setting. The current environment will only allow you to open ${hard} file descriptors.  ` +
        "Either raise the number of usable file descriptors in your environment (see README.rst) or lower the minfds " +
        "setting in the config file to allow the process to start.",
    );
  }
  if (launcher !== null && launcher >= minfds) return { limit: launcher, notice: null };
  const notice: Notice | null =
    launcher === null ? null : { level: "info", text: `Increased RLIMIT_NOFILE limit to ${minfds}` };
  return { limit: minfds, notice };
}
