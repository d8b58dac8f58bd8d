// Long-lived children of a script: output to a file, death noticed, ended in a bounded time with all that they started.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * `setpriv --pdeath-signal` makes the kernel end the child when this process dies without a chance to do it (SIGKILL). It
 * becomes the command by exec, so the pid is the command's. Not everywhere: then without that net.
 */
const hasSetpriv = spawnSync("setpriv", ["--pdeath-signal", "TERM", "true"], { stdio: "ignore" }).status === 0;

/** Parents of all processes: pid to parent pid. */
function parents() {
  const found = new Map();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "latin1");
      found.set(Number(name), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]));
    } catch {
      // ended meanwhile
    }
  }
  return found;
}

function descendantsOf(pid) {
  const all = parents();
  const found = [pid];
  for (const ancestor of found) {
    for (const [child, parent] of all) if (parent === ancestor) found.push(child);
  }
  return found.slice(1);
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch {
    // ended meanwhile
  }
}

/** One child. Made running; `ended` resolves with how it ended, in words. */
export class Child {
  constructor({ name, command, args, env, cwd, logFile }) {
    this.name = name;
    this.logFile = logFile;
    const log = openSync(logFile, "a", 0o600);
    const [file, ...words] = hasSetpriv ? ["setpriv", "--pdeath-signal", "TERM", command, ...args] : [command, ...args];
    // An own session: Ctrl-C reaches only us, and we end the children in their order.
    this.process = spawn(file, words, { cwd, env, detached: true, stdio: ["ignore", log, log] });
    closeSync(log);
    this.endedAs = null;
    this.ended = new Promise((resolve) => {
      const end = (how) => {
        this.endedAs ??= how;
        resolve(this.endedAs);
      };
      this.process.once("error", (error) => end(error.message));
      this.process.once("exit", (code, name) => end(code === null ? `killed by ${name}` : `exit status ${code}`));
    });
  }

  /** Its output so far. */
  output() {
    return readFileSync(this.logFile, "utf8");
  }

  lastLines(count = 15) {
    return this.output().trimEnd().split("\n").slice(-count).join("\n");
  }

  /** SIGTERM, and after `graceMs` or when `force` aborts SIGKILL to it and everything it started. May be called twice. */
  async stop(graceMs, force) {
    if (this.endedAs !== null) return;
    signal(this.process.pid, "SIGTERM");
    const waited = new AbortController();
    const forced = new Promise((resolve) => {
      if (force.aborted) resolve();
      else force.addEventListener("abort", resolve, { once: true });
    });
    await Promise.race([this.ended, forced, sleep(graceMs, null, { signal: waited.signal }).catch(() => {})]);
    waited.abort();
    if (this.endedAs !== null) return;
    const family = descendantsOf(this.process.pid);
    signal(this.process.pid, "SIGKILL");
    for (const pid of family) signal(pid, "SIGKILL");
    await this.ended;
  }
}
