// The corpus of real configuration files with the real supervisord's reading of each: where it is, and the machine that
// those readings were made on, pinned as the corpus's own `oracle.py` pins it.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, posix } from "node:path";
import { glob } from "../../agent/src/config/glob.js";
import { KNOWN_PLUGINS } from "../../agent/src/config/plugins.js";
import type { Account, World } from "../../agent/src/config/world.js";
import { ROOT } from "./paths.js";

/** How one file was read: by itself or through an `[include]`, with or without third-party plugins. */
export interface Reading {
  /** File name of the recorded reading. */
  readonly expected: string;
  readonly conf: string;
  readonly included: boolean;
  readonly plugins: boolean;
}

export const CORPUS = join(ROOT, "test/fixtures/corpus");

/** Every recorded reading. */
export function readings(): Reading[] {
  return readdirSync(CORPUS)
    .filter((name) => name.endsWith(".expected.json"))
    .sort()
    .map((expected) => ({
      expected,
      conf: join(CORPUS, `${expected.slice(0, expected.indexOf("."))}.conf`),
      included: expected.includes(".included."),
      plugins: expected.includes(".plugins."),
    }));
}

export interface Pinned {
  readonly configfile: string;
  readonly world: World;
}

/** Lays the file out below `root` as it was laid out for the recording, and pins the machine. */
export function pin(reading: Reading, root: string): Pinned {
  const here = join(root, "a/b/conf");
  const cwd = join(root, "a/b/cwd");
  mkdirSync(here, { recursive: true });
  mkdirSync(cwd, { recursive: true });
  const name = basename(reading.conf);
  const extra = reading.conf.replace(/\.conf$/, ".files");
  if (existsSync(extra)) cpSync(extra, here, { recursive: true });
  writeFileSync(join(here, name), readFileSync(reading.conf));
  const main = join(here, reading.included ? "supervisord.conf" : name);
  if (reading.included) writeFileSync(main, `[supervisord]\n[include]\nfiles = ${name}\n`);
  return { configfile: main, world: pinnedWorld({ here, cwd, env: neededEnv(here), plugins: reading.plugins }) };
}

/** `HOME`, and `dummy` for every variable that a file names. */
function neededEnv(here: string): Record<string, string> {
  const names = new Set<string>();
  for (const entry of readdirSync(here, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), "latin1");
    for (const [, name] of text.matchAll(/%\(ENV_([^)]*)\)/g)) if (name && !name.includes("=")) names.add(name);
  }
  const pairs: [string, string][] = [
    ["HOME", "/home/dummy"],
    ...[...names].map((name): [string, string] => [name, "dummy"]),
  ];
  return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

interface Pins {
  readonly here: string;
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly plugins: boolean;
}

function pinnedWorld({ here, cwd, env, plugins }: Pins): World {
  return {
    env,
    cwd,
    hostname: "dummyhost",
    tempDir: "/tmp",
    uid: 0,
    readFile(path) {
      try {
        return readFileSync(path);
      } catch {
        return existsSync(path) ? "unreadable" : "missing";
      }
    },
    exists: existsSync,
    // Directories need not exist; an empty name is still none.
    isDirectory: (path) => path !== "",
    glob: (pattern) => (posix.normalize(pattern).startsWith(`${here}/`) ? glob(pattern) : []),
    userNamed: (name) => (ACCOUNT.test(name) ? account(USERS.get(name) ?? [0, 0]) : null),
    userWithId: (uid) => (uid < 0 ? null : account([uid, GID_OF.get(uid) ?? uid])),
    groupNamed: (name) => (ACCOUNT.test(name) ? (GROUPS.get(name) ?? 0) : null),
    groupWithId: (gid) => gid >= 0,
    canImport: (module, attributes) =>
      module.split(".")[0] === "supervisor" ? KNOWN_PLUGINS.has(`${module}:${attributes}`) : plugins,
    modeOf: () => null,
  };
}

const ACCOUNT = /^[A-Za-z_][A-Za-z0-9_.@-]*\$?$/;
const account = ([uid, gid]: readonly [number, number]): Account => ({ uid, gid, home: "/" });

/** Debian's base accounts; any other plausible name is taken as root's. */
const USERS: ReadonlyMap<string, readonly [uid: number, gid: number]> = new Map([
  ["root", [0, 0]],
  ["daemon", [1, 1]],
  ["bin", [2, 2]],
  ["sys", [3, 3]],
  ["sync", [4, 65534]],
  ["games", [5, 60]],
  ["man", [6, 12]],
  ["lp", [7, 7]],
  ["mail", [8, 8]],
  ["news", [9, 9]],
  ["uucp", [10, 10]],
  ["proxy", [13, 13]],
  ["www-data", [33, 33]],
  ["backup", [34, 34]],
  ["list", [38, 38]],
  ["irc", [39, 39]],
  ["nobody", [65534, 65534]],
]);
const GID_OF = new Map(USERS.values());
const GROUPS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    root: 0,
    daemon: 1,
    bin: 2,
    sys: 3,
    adm: 4,
    tty: 5,
    disk: 6,
    lp: 7,
    mail: 8,
    news: 9,
    uucp: 10,
    man: 12,
    proxy: 13,
    "www-data": 33,
    backup: 34,
    list: 38,
    irc: 39,
    shadow: 42,
    utmp: 43,
    video: 44,
    staff: 50,
    games: 60,
    users: 100,
    nogroup: 65534,
  }),
);
