// What reading a configuration asks of the machine, as one interface; `host-world.ts` is the real one, tests pin their
// own. Everything else in `config/` is a function of the files' text and of this.

export interface Account {
  readonly uid: number;
  /** The primary group. */
  readonly gid: number;
  readonly home: string;
}

/** Answers of the machine at one moment. Nothing here throws, whatever the path or name. */
export interface World {
  /** Environment of the agent, in its order. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute. */
  readonly cwd: string;
  /** `uname -n`. */
  readonly hostname: string;
  /** Where AUTO logs go by default; absolute. */
  readonly tempDir: string;
  /** Real user id of the agent. */
  readonly uid: number;
  /** A file's bytes; `unreadable` also for what exists and is no file. */
  readFile(path: string): Uint8Array | "missing" | "unreadable";
  exists(path: string): boolean;
  /** Follows links. */
  isDirectory(path: string): boolean;
  /** Paths that match a pattern of `* ? [..]`, in any order; `glob.ts` says how. */
  glob(pattern: string): string[];
  userNamed(name: string): Account | null;
  userWithId(uid: number): Account | null;
  /** Id of a group, or null. */
  groupNamed(name: string): number | null;
  groupWithId(gid: number): boolean;
  /** Whether the Python callable that `module:attributes` names is one that we stand in for. */
  canImport(module: string, attributes: string): boolean;
  /** Permission bits of a file, or null when it cannot be looked at. */
  modeOf(path: string): number | null;
}
