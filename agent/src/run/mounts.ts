// Which disk a path is on, and whether that disk can hang by itself: told from the table of mounts, without touching the disk.
import { dirname, join, resolve } from "node:path";

export interface Mount {
  readonly point: string;
  /** Of the file system, `254:0`: the same for all of its mounts. */
  readonly device: string;
  /** As the kernel calls it. */
  readonly type: string;
}

/** The lines of /proc/self/mountinfo, in their order (proc(5)): of two on one place the later counts. */
export function parseMounts(mountinfo: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of mountinfo.split("\n")) {
    const [, , device, , point] = line.split(" ", 5);
    const type = / - (\S+)/.exec(line)?.[1];
    if (device === undefined || point === undefined || type === undefined) continue;
    mounts.push({
      point: point.replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
      device,
      type,
    });
  }
  return mounts;
}

/** Kept in memory, or made by the kernel itself. */
const DISKLESS = new Set([
  "tmpfs",
  "ramfs",
  "devtmpfs",
  "proc",
  "sysfs",
  "devpts",
  "cgroup",
  "cgroup2",
  "rootfs",
  "mqueue",
]);

/** A path with more links in it leads nowhere. */
const MOST_LINKS = 40;

/**
 * The device of the disk that a path, existing or not, is on, when that disk can hang while all else goes on; null when it cannot. A
 * disk that the system itself is on is none of these: without it no program could even be started. `readLink` answers where a symbolic
 * link leads, null for what is none; it is never asked of a place on a disk that can hang.
 */
export function diskThatMayHang(
  path: string,
  mounts: readonly Mount[],
  readLink: (path: string) => string | null,
): string | null {
  const system = mountOf("/", mounts)?.device;
  const mayHang = (place: string): string | null => {
    const mount = mountOf(place, mounts);
    return mount === null || mount.device === system || DISKLESS.has(mount.type) ? null : mount.device;
  };
  let links = 0;
  let place = "/";
  const rest = resolve(path).split("/");
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    const next = join(place, name);
    const device = mayHang(next);
    if (device !== null) return device;
    const target = links < MOST_LINKS ? readLink(next) : null;
    if (target === null) {
      place = next;
      continue;
    }
    links += 1;
    rest.unshift(...resolve(dirname(next), target).split("/"));
    place = "/";
  }
  return null;
}

/** The last of the longest that a place is under; null without any. */
function mountOf(place: string, mounts: readonly Mount[]): Mount | null {
  let found: Mount | null = null;
  for (const mount of mounts) {
    const isUnder = mount.point === "/" || place === mount.point || place.startsWith(`${mount.point}/`);
    if (isUnder && mount.point.length >= (found?.point.length ?? 0)) found = mount;
  }
  return found;
}
