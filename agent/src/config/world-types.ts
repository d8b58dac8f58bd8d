// The types of options that need to look at the machine: directories, log files, users and groups
// (supervisor 4.2.5 datatypes.py).
import { type DataType, invalid } from "./datatypes.js";
import { parseInteger } from "./integer.js";
import { expandUser, parentOf } from "./paths.js";
import type { LogFile, Owner, OwnerNames } from "./resolved.js";
import type { World } from "./world.js";

/** An existing directory; `~` expanded, not made absolute. */
export const DIRECTORY: DataType<string> = {
  name: "directory",
  parse(text, world) {
    const path = expandUser(text, world);
    if (!world.isDirectory(path)) throw invalid(`${text} is not an existing directory`);
    return path;
  },
};

/** A path in an existing directory; `~` expanded, not made absolute. */
export const PATH: DataType<string> = {
  name: "path",
  parse(text, world) {
    const path = expandUser(text, world);
    const parent = parentOf(path);
    if (parent !== "" && !world.isDirectory(parent)) {
      throw invalid(`The directory named as part of the path ${text} does not exist`);
    }
    return path;
  },
};

/** What `syslog` as the name of a child's log file is parsed to; no path can be this. */
export const SYSLOG = "syslog";

/** A child's log file: `AUTO`, null for none, `SYSLOG`, or a path. */
export const LOG_FILE: DataType<LogFile> = {
  name: "path, AUTO or NONE",
  parse(text, world) {
    const lower = text.toLowerCase();
    if (lower === "none" || lower === "off") return null;
    if (lower === "auto") return "AUTO";
    return lower === "syslog" ? SYSLOG : PATH.parse(text, world);
  },
};

export interface User {
  /** As written. */
  readonly text: string;
  readonly uid: number;
}

/** A user by name or number who exists. */
export const USER: DataType<User> = {
  name: "user",
  parse(text, world) {
    const uid = parseInteger(text);
    if (uid === null) {
      const account = world.userNamed(text);
      if (account === null) throw invalid(`Invalid user name ${text}`);
      return { text, uid: account.uid };
    }
    if (world.userWithId(uid) === null) throw invalid(`Invalid user id ${text}`);
    return { text, uid };
  },
};

export interface OwnerValue {
  readonly ids: Owner;
  readonly names: OwnerNames;
}

/** `user` or `user:group`, by name or number; a group that is not given stays unchanged, -1. */
export const OWNER: DataType<OwnerValue> = {
  name: "user:group",
  parse(text, world) {
    const colon = text.indexOf(":");
    const user = USER.parse(colon < 0 ? text : text.slice(0, colon), world);
    if (colon < 0) return { ids: [user.uid, -1], names: [user.text, null] };
    const group = text.slice(colon + 1);
    return { ids: [user.uid, groupId(group, world)], names: [user.text, group] };
  },
};

function groupId(text: string, world: World): number {
  const number = parseInteger(text);
  const gid = number === null ? world.groupNamed(text) : world.groupWithId(number) ? number : null;
  if (gid === null) throw invalid(`Invalid group ${number === null ? "name" : "id"} ${text}`);
  return gid;
}
