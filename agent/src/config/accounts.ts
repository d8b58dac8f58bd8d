// Users and groups of this host, from the text of /etc/passwd and /etc/group.
import type { Account } from "./world.js";

export interface Accounts {
  userNamed(name: string): Account | null;
  userWithId(uid: number): Account | null;
  groupNamed(name: string): number | null;
  groupWithId(gid: number): boolean;
}

/** Of two lines with one name or number, the first counts, as for the C library. Lines of another form are skipped. */
export function parseAccounts(passwd: string, group: string): Accounts {
  const byName = new Map<string, Account>();
  const byId = new Map<number, Account>();
  for (const [name = "", , uidText, gidText, , home = ""] of rows(passwd)) {
    const uid = idOf(uidText);
    const gid = idOf(gidText);
    if (uid === null || gid === null) continue;
    const account = { uid, gid, home };
    if (!byName.has(name)) byName.set(name, account);
    if (!byId.has(uid)) byId.set(uid, account);
  }
  const groups = new Map<string, number>();
  for (const [name = "", , gidText] of rows(group)) {
    const gid = idOf(gidText);
    if (gid !== null && !groups.has(name)) groups.set(name, gid);
  }
  const gids = new Set(groups.values());
  return {
    userNamed: (name) => byName.get(name) ?? null,
    userWithId: (uid) => byId.get(uid) ?? null,
    groupNamed: (name) => groups.get(name) ?? null,
    groupWithId: (gid) => gids.has(gid),
  };
}

const rows = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(":"));

const idOf = (text: string | undefined) => (text !== undefined && /^[0-9]+$/.test(text) ? Number(text) : null);
