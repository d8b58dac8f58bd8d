// Paths as supervisord resolves them: `~`, absolute against the directory of the start, tidied by Python's rules.
import { posix } from "node:path";
import type { World } from "./world.js";

/** `~` and `~user` at the start become a home directory; an unknown user leaves the path as it is (os.path.expanduser). */
export function expandUser(path: string, world: World): string {
  if (!path.startsWith("~")) return path;
  const slash = path.indexOf("/");
  const end = slash < 0 ? path.length : slash;
  const home =
    end === 1 ? (world.env.HOME ?? world.userWithId(world.uid)?.home) : world.userNamed(path.slice(1, end))?.home;
  if (home === undefined) return path;
  return home.replace(/\/+$/, "") + path.slice(end) || "/";
}

/** Absolute and without `.`, `..` and doubled slashes; two at the very start stay, as POSIX has it (os.path.abspath). */
export function absolutePath(path: string, directory: string): string {
  const joined = joinPath(directory, path);
  const tidy = posix.normalize(joined).replace(/(.)\/+$/, "$1");
  return /^\/\/(?!\/)/.test(joined) ? `/${tidy}` : tidy;
}

/** A path below a directory, or the path itself when it is absolute (os.path.join). */
export function joinPath(directory: string, path: string): string {
  if (path.startsWith("/")) return path;
  return directory.endsWith("/") ? directory + path : `${directory}/${path}`;
}

/** Home expanded, then absolute against the directory of the start (options.py, normalize_path). */
export function resolvePath(path: string, world: World): string {
  return absolutePath(expandUser(path, world), world.cwd);
}

/** What is before the last slash, '' when there is none (os.path.dirname). */
export function parentOf(path: string): string {
  const head = path.slice(0, path.lastIndexOf("/") + 1);
  return /^\/*$/.test(head) ? head : head.replace(/\/+$/, "");
}
