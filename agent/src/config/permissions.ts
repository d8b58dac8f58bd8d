// Whether the files of a configuration can be read or changed by those who should not.
import type { ResolvedConfig } from "./resolved.js";
import type { World } from "./world.js";

const READABLE_BY_ALL = 0o004;
const WRITABLE_BY_ALL = 0o002;

/** One line a finding, for the activity log. Files that cannot be looked at are passed over. */
export function permissionWarnings(config: ResolvedConfig, world: World): string[] {
  return config.files.flatMap(({ path, holdsPassword }) => {
    const mode = world.modeOf(path);
    if (mode === null) return [];
    const found: string[] = [];
    if ((mode & WRITABLE_BY_ALL) !== 0) {
      found.push(
        `${path} can be changed by every user of this host, who can so run commands as the supervisor (chmod o-w)`,
      );
    }
    if (holdsPassword && (mode & READABLE_BY_ALL) !== 0) {
      found.push(`${path} holds a password and can be read by every user of this host (chmod o-r)`);
    }
    return found;
  });
}
