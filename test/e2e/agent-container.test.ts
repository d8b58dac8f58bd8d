// fvagent as the first process of a PID namespace, as it is in a container: whoever loses a parent is its to reap.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { FVAGENT, program } from "../helpers/paths.js";
import { allPids, childrenOf, isAlive } from "../helpers/proc.js";
import { startProcess } from "../helpers/processes.js";
import { defer, type Scope } from "../helpers/scope.js";
import { daemonConfig } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const UNSHARE = ["--pid", "--fork", "--mount-proc", "--kill-child"];

function withoutNamespaces(): string | false {
  try {
    execFileSync("unshare", [...UNSHARE, "true"], { stdio: "ignore" });
    return false;
  } catch {
    return "PID namespaces are not permitted here";
  }
}

interface Contained {
  /** Pid of the agent outside. */
  readonly pid: number;
  readonly dir: string;
  readonly ended: Promise<{ readonly code: number | null }>;
  log(): string;
}

async function contain(t: Scope, sections: string): Promise<Contained> {
  const dir = tempDir(t);
  const config = join(dir, "supervisord.conf");
  writeFileSync(config, daemonConfig(dir, null, { kind: "fvagent", sections: sections.replaceAll("{dir}", dir) }));
  const command = [process.execPath, FVAGENT, "-n", "-c", config];
  const running = await startProcess(t, "unshare", [...UNSHARE, ...command], { cwd: dir });
  const log = () => readFileSync(join(dir, "main.log"), "utf8");
  await eventually(() => log().includes("supervisord started with pid 1\n"), { context: running.output });
  const [pid] = childrenOf(running.pid);
  assert.ok(pid);
  // `unshare` passes no signal on.
  defer(t, async () => {
    if (isAlive(pid)) process.kill(pid, "SIGTERM");
    await running.ended;
  });
  return { pid, dir, ended: running.ended, log };
}

/** Dead children of a process that nobody has reaped. */
function zombiesOf(parent: number): number[] {
  return allPids().filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
      const [state, itsParent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return state === "Z" && Number(itsParent) === parent;
    } catch {
      return false;
    }
  });
}

const SLEEPER = `[program:sleeper]\ncommand = /bin/sleep 1000011\nstartsecs = 0\n`;

test("as PID 1 it reaps whoever lost a parent, says so, and leaves no zombie", {
  skip: withoutNamespaces(),
}, async (t) => {
  const agent = await contain(
    t,
    `${SLEEPER}
[program:parent]
command = /bin/sh -c "for i in 1 2 3 4 5; do (sh -c 'sleep 0.2; exit 7' &); done; exec sleep 1000012"
startsecs = 0
`,
  );
  await eventually(() => (agent.log().match(/INFO reaped unknown pid \d+ \(exit status 7\)\n/g) ?? []).length === 5, {
    context: agent.log,
  });
  assert.deepEqual(zombiesOf(agent.pid), []);
  assert.equal(childrenOf(agent.pid).length, 2);
});

test("as PID 1 it ends in order with status 0 on TERM, INT and QUIT", { skip: withoutNamespaces() }, async (t) => {
  for (const signal of ["SIGTERM", "SIGINT", "SIGQUIT"] as const) {
    const agent = await contain(t, `[program:traps]\ncommand = ${program("catches.sh")}\nstartsecs = 0\n${SLEEPER}`);
    await eventually(() => childrenOf(agent.pid).length === 2);
    process.kill(agent.pid, signal);
    assert.equal((await agent.ended).code, 0, signal);
    assert.match(agent.log(), new RegExp(`WARN received ${signal} indicating exit request\n`));
    assert.match(agent.log(), /WARN stopped: sleeper \(terminated by SIGTERM\)\n/);
  }
});

test("as PID 1 it begins anew on HUP, with the same pid and what is configured then", {
  skip: withoutNamespaces(),
}, async (t) => {
  const agent = await contain(t, SLEEPER);
  const config = join(agent.dir, "supervisord.conf");
  writeFileSync(config, readFileSync(config, "utf8").replace("program:sleeper", "program:another"));
  process.kill(agent.pid, "SIGHUP");
  await eventually(() => /spawned: 'another' with pid \d+\n/.test(agent.log()), { context: agent.log });
  assert.equal((agent.log().match(/supervisord started with pid 1\n/g) ?? []).length, 2);
  assert.deepEqual(zombiesOf(agent.pid), []);
});
