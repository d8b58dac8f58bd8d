// The real `World`: this host as it is when it is asked. Accounts are read once for a world, so a reread makes a new one.
import { accessSync, constants, existsSync, readFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { type Accounts, parseAccounts } from "./accounts.js";
import { glob } from "./glob.js";
import { resolvePath } from "./paths.js";
import { KNOWN_PLUGINS } from "./plugins.js";
import type { World } from "./world.js";

/** Environment and directory of this process at the moment of the call. */
export function hostWorld(): World {
  let accounts: Accounts | null = null;
  const known = () => {
    accounts ??= parseAccounts(textOf("/etc/passwd"), textOf("/etc/group"));
    return accounts;
  };
  const world: World = {
    env: Object.fromEntries(
      Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
    ),
    cwd: process.cwd(),
    hostname: hostname(),
    get tempDir() {
      return tempDir(world);
    },
    uid: process.getuid?.() ?? 0,
    readFile(path) {
      try {
        return readFileSync(path);
      } catch {
        return existsSync(path) ? "unreadable" : "missing";
      }
    },
    exists: existsSync,
    isDirectory: (path) => statOf(path)?.isDirectory() ?? false,
    glob,
    userNamed: (name) => known().userNamed(name),
    userWithId: (uid) => known().userWithId(uid),
    groupNamed: (name) => known().groupNamed(name),
    groupWithId: (gid) => known().groupWithId(gid),
    canImport: (module, attributes) => KNOWN_PLUGINS.has(`${module}:${attributes}`),
    modeOf: (path) => {
      const mode = statOf(path)?.mode;
      return mode === undefined ? null : mode & 0o7777;
    },
  };
  return world;
}

/** The first of the usual directories that can be written to (Python's tempfile.gettempdir). */
function tempDir(world: World): string {
  const { TMPDIR, TEMP, TMP } = world.env;
  const candidates = [TMPDIR, TEMP, TMP, "/tmp", "/var/tmp", "/usr/tmp"];
  const found = candidates.find((path) => path !== undefined && path !== "" && isWritableDirectory(path));
  return resolvePath(found ?? world.cwd, world);
}

function isWritableDirectory(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statOf(path)?.isDirectory() ?? false;
  } catch {
    return false;
  }
}

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
