// A real fvcontroller under measurement: own data directory, fixed ports, asked through the probe, killable and startable again.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Session } from "@fleetvisor/proto/api/v1";
import { ApiClient } from "../../helpers/api-client.js";
import { eventually } from "../../helpers/eventually.js";
import { freePort } from "../../helpers/ports.js";

const PROBE = fileURLToPath(new URL("probe.mjs", import.meta.url));
const READY_MS = 60_000;

export interface Figures {
  readonly rss: number;
  readonly heapUsed: number;
  readonly external: number;
  /** Of all threads since its start. */
  readonly cpuMs: number;
  /** Of the main thread alone. */
  readonly mainCpuMs: number;
  /** Of the main loop since the last asking, 0 to 1. */
  readonly utilization: number;
  /** Of the main loop since the last asking. */
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly max: number };
}

export class MeasuredController {
  readonly dataDir: string;
  readonly #dir: string;
  readonly #bundle: string;
  readonly #flags: readonly string[];
  #child: ChildProcess | null = null;
  #ports = { http: 0, grpc: 0 };
  #api: ApiClient | null = null;
  #questions = 0;

  /** `dir` takes data and output; `bundle` is what `npm run build` makes. */
  constructor(dir: string, bundle: string, flags: readonly string[]) {
    this.#dir = dir;
    this.dataDir = join(dir, "data");
    this.#bundle = bundle;
    this.#flags = flags;
    mkdirSync(this.dataDir, { recursive: true, mode: 0o700 });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#ports.http}`;
  }

  get address(): string {
    return `127.0.0.1:${this.#ports.grpc}`;
  }

  get api(): ApiClient {
    if (this.#api === null) throw new Error("the controller was not started");
    return this.#api;
  }

  /** Starts it, or starts it again on the same data and ports; resolves when it is ready. */
  async start(): Promise<void> {
    if (this.#ports.http === 0) this.#ports = { http: await freePort(), grpc: await freePort() };
    const out = openSync(join(this.#dir, "controller.out"), "a");
    this.#child = spawn(
      process.execPath,
      [
        ...["--expose-gc", "--import", PROBE, this.#bundle],
        ...["--data-dir", this.dataDir],
        ...["--http-listen", `127.0.0.1:${this.#ports.http}`],
        ...["--grpc-listen", this.address],
        ...this.#flags,
      ],
      { stdio: ["ignore", out, out, "ipc"] },
    );
    await this.#ready(this.#child);
    this.#api ??= await this.#login();
  }

  async #ready(child: ChildProcess): Promise<void> {
    const end = performance.now() + READY_MS;
    while (performance.now() < end) {
      if (child.exitCode !== null || child.signalCode !== null) throw new Error(`it did not start:\n${this.output()}`);
      const answer = await fetch(new URL("/readyz", this.url)).catch(() => null);
      if (answer?.ok === true) return;
      await sleep(20);
    }
    throw new Error(`it was not ready in time:\n${this.output()}`);
  }

  async #login(): Promise<ApiClient> {
    const code = await eventually(() => /[?#&]code=([^\s&]+)/.exec(this.output())?.[1], { what: "a login link" });
    const session = await new ApiClient(this.url, null).post<Session>(API_PATHS.login, { code, tokenName: "bench" });
    if (session.token === undefined) throw new Error("the login gave no token");
    return new ApiClient(this.url, session.token);
  }

  output(): string {
    return readFileSync(join(this.#dir, "controller.out"), "utf8");
  }

  async #ask(ask: string, more: object = {}): Promise<unknown> {
    const child = this.#child;
    if (child === null) throw new Error("the controller is not running");
    const id = ++this.#questions;
    child.send({ id, ask, ...more });
    for (;;) {
      const [message] = (await once(child, "message")) as [{ id: number; answer: unknown }];
      if (message.id === id) return message.answer;
    }
  }

  /** Since the last asking. */
  async figures(): Promise<Figures> {
    const figures = (await this.#ask("figures")) as Omit<Figures, "mainCpuMs">;
    return { ...figures, mainCpuMs: mainThreadCpuMs(this.#child?.pid ?? 0) };
  }

  /** What is in use and not only not yet collected. */
  async settledFigures(): Promise<Figures> {
    await this.#ask("collect");
    await sleep(200);
    await this.#ask("collect");
    return this.figures();
  }

  async profile(seconds: number, file: string): Promise<void> {
    await this.#ask("profile-start");
    await sleep(seconds * 1000);
    await this.#ask("profile-stop", { file });
  }

  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }
}

/** The main thread has the id of its process; times are in ticks of 10 ms (proc(5)). */
function mainThreadCpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/task/${pid}/stat`, "utf8")
    .replace(/^.*\) /, "")
    .split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
