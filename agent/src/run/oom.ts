// Whether the system ended a child for want of memory: it counts such ends in each control group, and a child that died of SIGKILL which
// nobody here sent, in a group whose count has risen, is one of them. Needs no privileges; where nothing is counted nothing is said.
import { readSmallFile } from "./small-file.js";

/** One child. */
export interface OomMark {
  /** Call when it has run for a while: wrappers move what they start into a group of its own. */
  settle(): void;
  /** Call once, when it has ended; `killed` says that SIGKILL ended it unasked. */
  ended(killed: boolean): boolean;
}

export interface OomWatch {
  /** A child that was just started. */
  watch(pid: number): OomMark;
  /** Now and then, so that ends of others which nobody here hears of are not laid to a child much later. */
  refresh(): void;
}

/** The count of one control group. */
class Counter {
  readonly #file: string;
  users = 0;
  /** Ends up to here are accounted for. */
  #seen: number;
  /** As of the last refresh: an end that is counted may not have been heard of yet, so it is taken as seen only at the next. */
  #latest: number;

  constructor(file: string) {
    this.#file = file;
    this.#seen = this.#latest = this.#read();
  }

  refresh(): void {
    this.#seen = Math.max(this.#seen, this.#latest);
    this.#latest = this.#read();
  }

  /** Takes one end that is not accounted for, if there is one. */
  take(): boolean {
    if (this.#read() <= this.#seen) return false;
    this.#seen += 1;
    return true;
  }

  /** `memory.events` and `memory.oom_control` have the same line (cgroup-v2.rst; memory.rst of version 1). */
  #read(): number {
    return Number(/^oom_kill (\d+)$/m.exec(read(this.#file) ?? "")?.[1] ?? 0);
  }
}

export class CgroupOomWatch implements OomWatch {
  readonly #proc: string;
  readonly #mounts: readonly Mount[];
  /** Where every child begins. */
  readonly #ownFile: string | null;
  readonly #counters = new Map<string, Counter>();

  constructor(proc = "/proc") {
    this.#proc = proc;
    this.#mounts = parseMounts(read(`${proc}/self/mountinfo`) ?? "");
    this.#ownFile = this.#fileOf("self");
    // Held for good: its count of now is what later ones are compared with.
    if (this.#ownFile !== null) this.#hold(this.#ownFile);
  }

  watch(pid: number): OomMark {
    let file = this.#ownFile;
    if (file !== null) this.#hold(file);
    return {
      settle: () => {
        const now = this.#fileOf(String(pid));
        if (now === file) return;
        if (now !== null) this.#hold(now);
        this.#release(file);
        file = now;
      },
      ended: (killed) => {
        const isOom = killed && file !== null && this.#counters.get(file)?.take() === true;
        this.#release(file);
        file = null;
        return isOom;
      },
    };
  }

  refresh(): void {
    for (const counter of this.#counters.values()) counter.refresh();
  }

  #fileOf(pid: string): string | null {
    return oomFile(this.#mounts, read(`${this.#proc}/${pid}/cgroup`) ?? "");
  }

  #hold(file: string): void {
    const counter = this.#counters.get(file) ?? new Counter(file);
    counter.users += 1;
    this.#counters.set(file, counter);
  }

  #release(file: string | null): void {
    const counter = file === null ? undefined : this.#counters.get(file);
    if (file === null || counter === undefined) return;
    counter.users -= 1;
    if (counter.users === 0) this.#counters.delete(file);
  }
}

/** Where a hierarchy of control groups can be seen. */
interface Mount {
  readonly version: 1 | 2;
  /** The group that `at` shows. */
  readonly root: string;
  readonly at: string;
}

/** The hierarchies that know of memory, out of `/proc/self/mountinfo` (proc(5)): `ID PARENT DEV ROOT AT OPTIONS - TYPE SOURCE OPTIONS`. */
export function parseMounts(text: string): Mount[] {
  return text.split("\n").flatMap((line): Mount[] => {
    const [left = "", right = ""] = line.split(" - ", 2);
    const [, , , root = "", at = ""] = left.split(" ");
    const [type, , options = ""] = right.split(" ");
    if (type === "cgroup2") return [{ version: 2, root, at }];
    return type === "cgroup" && options.split(",").includes("memory") ? [{ version: 1, root, at }] : [];
  });
}

/** The file that counts for whoever has this `/proc/PID/cgroup`; null when it cannot be told. */
export function oomFile(mounts: readonly Mount[], cgroup: string): string | null {
  const one = /^\d+:(?:[^:\n]*,)?memory(?:,[^:\n]*)?:(.*)$/m.exec(cgroup)?.[1];
  const path = one ?? /^0::(.*)$/m.exec(cgroup)?.[1];
  const mount = mounts.find(({ version }) => version === (one === undefined ? 2 : 1));
  if (path === undefined || mount === undefined) return null;
  const root = mount.root === "/" ? "" : mount.root;
  if (path !== root && !path.startsWith(`${root}/`)) return null;
  const group = path.slice(root.length).replace(/\/$/, "");
  return `${mount.at}${group}/${one === undefined ? "memory.events" : "memory.oom_control"}`;
}

function read(path: string): string | null {
  try {
    return readSmallFile(path);
  } catch {
    return null;
  }
}
