// `npm start`: a controller and an agent on this machine until Ctrl-C, after which nothing of them is left.
import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Child } from "./children.mjs";
import { fail, root, runVisibly, say, setUp } from "./setup.mjs";
import { isStale } from "./stale.mjs";
import { parseOptions, USAGE } from "./start-options.mjs";

const FVAGENT = join(root, "agent/bin/fvagent.cjs");
const FVCONTROLLER = join(root, "controller/bin/fvcontroller.cjs");

/** Time for programs to end by themselves; supervisord's own `stopwaitsecs` is 10 for each group in turn. */
const AGENT_GRACE_MS = 60_000;
const CONTROLLER_GRACE_MS = 10_000;
const READY_WITHIN_MS = 30_000;

/** A failure that needs a line, not a stack. */
class StartFailure extends Error {}

/** Why nothing can listen there, or null when it can. */
async function whyTaken({ host, port, text }) {
  const server = createServer();
  server.listen(port, host.replace(/^\[|\]$/g, ""));
  try {
    await once(server, "listening");
  } catch (error) {
    return error.code === "EADDRINUSE" ? `${text} is in use (another npm start?)` : `${text}: ${error.message}`;
  }
  server.close();
  await once(server, "close");
  return null;
}

/** Rejects when one of the addresses, given by flag, cannot be listened on, naming the flags to use instead. */
async function checkFree(addresses) {
  const reasons = [];
  for (const address of Object.values(addresses)) reasons.push(await whyTaken(address));
  if (reasons.every((reason) => reason === null)) return;
  const others = Object.entries(addresses).map(([flag, { host, port }]) => `--${flag} ${host}:${port + 100}`);
  const found = reasons.filter((reason) => reason !== null).join("\n");
  throw new StartFailure(`${found}\nStop what listens there, or: npm start -- ${others.join(" ")}`);
}

/** Polls until `check` answers something, the child ends, or the time is over. */
async function waitFor(child, what, check) {
  const end = Date.now() + READY_WITHIN_MS;
  for (;;) {
    if (child.endedAs !== null) {
      throw new StartFailure(`${child.name} ended with ${child.endedAs}:\n${child.lastLines()}`);
    }
    const answer = await check();
    if (answer) return answer;
    if (Date.now() > end) throw new StartFailure(`${what} after ${READY_WITHIN_MS / 1000} s:\n${child.lastLines()}`);
    await sleep(50);
  }
}

const isReady = (url) =>
  fetch(`${url}/readyz`).then(
    (answer) => answer.ok,
    () => false,
  );

/** Runs one of our commands to its end and answers its output; it says itself what went wrong. */
function ask(args, env = process.env) {
  const result = spawnSync(process.execPath, args, { encoding: "utf8", timeout: READY_WITHIN_MS, env });
  if (result.status !== 0) throw new StartFailure(`${result.stdout}${result.stderr}`.trim());
  return result.stdout.trim();
}

class Run {
  children = [];
  #interrupted = new AbortController();
  #hurry = new AbortController();

  constructor(options) {
    this.options = options;
    this.dir = mkdtempSync(join(tmpdir(), "fleetvisor-"));
    const home = options.dataDir ?? this.dir;
    this.controllerData = join(home, "controller");
    this.agentState = join(home, "agent");
    this.run = join(this.dir, "run");
    for (const dir of [this.controllerData, this.agentState, this.run])
      mkdirSync(dir, { recursive: true, mode: 0o700 });
  }

  /** Ctrl-C and its kin. The second one does not wait for anybody. */
  interrupt() {
    if (this.#interrupted.signal.aborted) this.#hurry.abort();
    else say("\nstopping (again Ctrl-C: at once)");
    this.#interrupted.abort();
  }

  #child(name, command, args, env, cwd) {
    const child = new Child({ name, command, args, env, cwd, logFile: join(this.dir, `${name}.log`) });
    this.children.push(child);
    return child;
  }

  /** Resolves when both are up and know each other. */
  async start() {
    const { http, grpc, config, isSample, home } = this.options;
    const agentEnv = { ...process.env, FLEETVISOR_RUN: this.run };
    ask([FVAGENT, "-t", "-c", config], agentEnv);
    await checkFree({ "http-listen": http, "grpc-listen": grpc });
    const url = `http://${http.text}`;

    const flags = ["--data-dir", this.controllerData];
    const controller = this.#child(
      "controller",
      process.execPath,
      [FVCONTROLLER, ...flags, "--http-listen", http.text, "--grpc-listen", grpc.text],
      process.env,
      this.dir,
    );
    await waitFor(controller, "the controller is not ready", () => isReady(url));

    const env = {
      ...agentEnv,
      FLEETVISOR_CONTROLLER: grpc.text,
      FLEETVISOR_STATE_DIR: this.agentState,
      FLEETVISOR_JOIN_TOKEN: ask([FVCONTROLLER, "join-token", ...flags]),
    };
    const agent = this.#child("agent", FVAGENT, ["-n", "-c", config], env, isSample ? this.run : home);
    await waitFor(agent, "the agent is not connected", () => /fleet: connected as/.test(agent.output()));
    const isNew = /#code=/.test(controller.output());
    // A link logs in once, so the page and fvctl get one each.
    const loginLink = () => (isNew ? ask([FVCONTROLLER, "login-link", ...flags]) : url);
    this.#announce(loginLink(), loginLink(), isNew);
  }

  #announce(pageLink, ctlLink, isNew) {
    const { isSample, dataDir } = this.options;
    say("");
    say(`  web page    ${pageLink}`);
    if (isNew) say("              (the link logs in once; choose a password then)");
    say(`  fvctl       npx fvctl login '${ctlLink}' && npx fvctl status`);
    if (isSample) say(`  this host   npx fvctl -s unix://${this.run}/supervisor.sock status`);
    say(`  output      ${this.children.map(({ logFile }) => logFile).join(" ")}`);
    if (dataDir !== null) say(`  history     ${dataDir}`);
    say("\nCtrl-C stops everything.");
  }

  /** Resolves when somebody wants the end, or rejects when a child ends by itself. */
  async whileUp() {
    const asked = new Promise((resolve) => this.#interrupted.signal.addEventListener("abort", resolve, { once: true }));
    if (this.#interrupted.signal.aborted) return;
    const dead = await Promise.race([asked, ...this.children.map((child) => child.ended.then(() => child))]);
    if (dead instanceof Child && !this.#interrupted.signal.aborted) {
      throw new StartFailure(`the ${dead.name} ended with ${dead.endedAs}:\n${dead.lastLines()}`);
    }
  }

  get isInterrupted() {
    return this.#interrupted.signal.aborted;
  }

  /** The agent first, so that the controller hears of the end of every program. */
  async stop() {
    for (const child of [...this.children].reverse()) {
      const grace = child.name === "agent" ? AGENT_GRACE_MS : CONTROLLER_GRACE_MS;
      await child.stop(grace, this.#hurry.signal);
    }
    rmSync(this.dir, { recursive: true, force: true });
  }
}

function readOptions() {
  try {
    return parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`npm start: ${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}

const options = readOptions();
if (options.help) {
  say(USAGE);
  process.exit(0);
}
setUp();
if (isStale()) {
  say("build");
  if (!runVisibly(process.execPath, [join(root, ".scripts/build.mjs")])) fail("the build failed");
}

const run = new Run(options);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => run.interrupt());
// Whoever read what we say is gone (`npm start | head`): an end like Ctrl-C, and no reason to leave anything behind.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => run.interrupt());
try {
  say(`starting a controller, and an agent for ${options.isSample ? "the sample programs" : options.config}`);
  await run.start();
  await run.whileUp();
} catch (error) {
  if (!run.isInterrupted) {
    process.exitCode = 1;
    process.stderr.write(`${error instanceof StartFailure ? error.message : error.stack}\n`);
  }
} finally {
  await run.stop();
}
if (process.exitCode === undefined) say("stopped");
