// What the daemon gives up and asks for at its start: its user, and how many files may be open.
import { readFileSync } from "node:fs";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { SupervisordConfig } from "./config/resolved.js";
import { Libc, type Resource } from "./run/libc.js";

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

/** In which `bin/fvagent.cjs` hands over what the shell found. */
const FOUND = "FLEETVISOR_OPEN_FILES";

/**
 * The soft limit of open files that this process was given. Node raises its own to the hard limit at start, so a shell looks before it;
 * where Node was started directly, the process that started us is asked, which may have another. Null when nobody can say. Takes
 * what was handed over out of the environment: to be called once, before that is looked at.
 */
export function launcherOpenFiles(): number | null {
  const found = process.env[FOUND];
  delete process.env[FOUND];
  if (found === "unlimited") return Number.POSITIVE_INFINITY;
  if (found !== undefined && /^\d+$/.test(found)) return Number(found);
  if (process.ppid <= 1) return null;
  try {
    const limits = readFileSync(`/proc/${process.ppid}/limits`, "utf8");
    const soft = /^Max open files\s+(\d+)/m.exec(limits)?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

/** Of each resource: its name in the activity log, and supervisord's own words when there is too little (options.py, set_rlimits_or_exit). */
const LIMITS = {
  openFiles: {
    name: "RLIMIT_NOFILE",
    tooLow: (least: number, hard: bigint) =>
      `The minimum number of file descriptors required to run this process is ${least} as per the "minfds" command-line ` +
      `argument or config file setting. The current environment will only allow you to open ${hard} file descriptors.  ` +
      "Either raise the number of usable file descriptors in your environment (see README.rst) or lower the minfds " +
      "setting in the config file to allow the process to start.",
  },
  processes: {
    name: "RLIMIT_NPROC",
    tooLow: (least: number, hard: bigint) =>
      `The minimum number of available processes required to run this program is ${least} as per the "minprocs" ` +
      `command-line argument or config file setting. The current environment will only allow you to open ${hard} ` +
      "processes.  Either raise the number of usable processes in your environment (see README.rst) or lower the minprocs " +
      "setting in the config file to allow the program to start.",
  },
} as const;

/** Sees to it that a limit is at least `least`; null when it was already. Throws FleetError `unavailable`. */
function raise(libc: Libc, resource: Resource, least: number, soft: bigint): Notice | null {
  const wanted = BigInt(least);
  if (soft >= wanted) return null;
  const own = libc.limitOf(resource);
  // The hard limit is told as it was asked for, as supervisord tells it.
  const hard = own.hard < wanted ? wanted : own.hard;
  try {
    libc.setLimitOf(resource, { soft: own.soft > wanted ? own.soft : wanted, hard });
  } catch {
    throw new FleetError("unavailable", LIMITS[resource].tooLow(least, hard));
  }
  return { level: "info", text: `Increased ${LIMITS[resource].name} limit to ${least}` };
}

export interface Limits {
  /** Soft limit of open files for children: what the launcher had, at least `minfds`. */
  readonly childOpenFiles: number;
  readonly notices: readonly Notice[];
}

/**
 * Raises what is below `minfds` and `minprocs`. Children inherit the number of processes; the daemon's own number of open files
 * is Node's doing, so theirs is set at each start. Throws FleetError `unavailable` when the system allows less.
 */
export function raiseLimits(config: SupervisordConfig, launcher: number | null): Limits {
  const libc = new Libc();
  const { minfds, minprocs } = config;
  const { hard } = libc.limitOf("openFiles");
  // Whoever set a limit on the way from the launcher to us (prlimit, a service manager) meant that one.
  const soft = launcher === null || launcher > hard ? hard : BigInt(launcher);
  const openFiles = raise(libc, "openFiles", minfds, soft);
  const processes = raise(libc, "processes", minprocs, libc.limitOf("processes").soft);
  const notices = [openFiles, processes].filter((notice) => notice !== null);
  return { childOpenFiles: Math.max(launcher === null ? minfds : Number(soft), minfds), notices };
}
