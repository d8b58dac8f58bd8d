// An agent that says exactly what a test tells it to, over the real link: for everything that fvagent would never say.
import { KeyObject, webcrypto } from "node:crypto";
import {
  type AgentMessage,
  type ControllerMessage,
  EnrolmentClient,
  FleetClient,
  type Hello,
  type JoinResponse,
  type ProcessInfo,
  type Report,
  type Snapshot,
  type SupervisorInfo,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { CONTROLLER_CHANNEL } from "@fleetvisor/proto/grpc/controller-name";
import { credentials, type ServiceError, type StatusObject } from "@grpc/grpc-js";
// x509 asks for it when it is loaded.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import { Authority } from "../../controller/src/pki/authority.js";
import type { ControllerInside } from "./controller-inside.js";
import { eventually } from "./eventually.js";
import { defer, type Scope } from "./scope.js";

type Body = NonNullable<AgentMessage["body"]>;
type Answer = NonNullable<ControllerMessage["body"]>;
type AnswerOf<C extends Answer["$case"]> = Extract<Answer, { $case: C }>["value"];

/** A controller that can be dialled, whatever runs it. */
export type Reached = Pick<ControllerInside, "grpcPort" | "dataDir" | "joinToken">;

/** Who dials: an identity of the fleet, or whatever else a test makes up. */
export interface Papers {
  readonly agentId: string;
  readonly caPem: string;
  readonly keyPem: string;
  readonly certificatePem: string;
}

export async function newKeyAndRequest(): Promise<{ keyPem: string; csrDer: Buffer }> {
  const keys = await webcrypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const signingAlgorithm = { name: "ECDSA", hash: "SHA-256" };
  const csr = await x509.Pkcs10CertificateRequestGenerator.create({ name: "CN=agent", keys, signingAlgorithm });
  const keyPem = KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString();
  return { keyPem, csrDer: Buffer.from(csr.rawData) };
}

/** One call of the enrolment; rejects with the ServiceError of a refusal. */
export async function join(
  controller: Reached,
  request: { readonly token: string; readonly name: string; readonly csrDer: Buffer },
): Promise<JoinResponse> {
  const { certificatePem } = await Authority.open(controller.dataDir);
  const client = new EnrolmentClient(
    `127.0.0.1:${controller.grpcPort}`,
    credentials.createSsl(Buffer.from(certificatePem)),
    CONTROLLER_CHANNEL,
  );
  try {
    return await new Promise((resolve, reject) => {
      client.join(request, (error: ServiceError | null, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
  } finally {
    client.close();
  }
}

/** Joins as fvagent would. */
export async function enrol(controller: Reached, name: string): Promise<Papers> {
  const { keyPem, csrDer } = await newKeyAndRequest();
  const answer = await join(controller, { token: await controller.joinToken(), name, csrDer });
  return { agentId: answer.agentId, caPem: answer.caPem, keyPem, certificatePem: answer.certificatePem };
}

/** One stream to the controller. */
export class ScriptedSession {
  readonly heard: Answer[] = [];
  /** How it ended; null while it is open. */
  end: StatusObject | null = null;
  readonly #client: FleetClient;
  readonly #stream: ReturnType<FleetClient["session"]>;
  #taken = 0;

  constructor(t: Scope, controller: Reached, papers: Partial<Papers> & { readonly caPem: string }) {
    const { caPem, keyPem, certificatePem } = papers;
    const pair = keyPem === undefined || certificatePem === undefined ? null : { keyPem, certificatePem };
    this.#client = new FleetClient(
      `127.0.0.1:${controller.grpcPort}`,
      credentials.createSsl(
        Buffer.from(caPem),
        pair === null ? null : Buffer.from(pair.keyPem),
        pair === null ? null : Buffer.from(pair.certificatePem),
      ),
      { ...CONTROLLER_CHANNEL, "grpc.use_local_subchannel_pool": 1 },
    );
    this.#stream = this.#client.session();
    this.#stream.on("data", (message: ControllerMessage) => {
      if (message.body !== undefined) this.heard.push(message.body);
    });
    this.#stream.on("error", () => {});
    this.#stream.on("status", (status: StatusObject) => {
      this.end = status;
    });
    defer(t, () => this.close());
  }

  send(body: Body): void {
    this.#stream.write({ body });
  }

  /** Breaks the connection off. */
  close(): void {
    this.#stream.cancel();
    this.#client.close();
  }

  /** Does not read any more. */
  pause(): void {
    this.#stream.pause();
  }

  /** The next message of a kind after those taken already; what comes before it is passed over. */
  async next<C extends Answer["$case"]>(kind: C): Promise<AnswerOf<C>> {
    const found = await eventually<{ readonly value: AnswerOf<C> } | null>(
      () => {
        for (; this.#taken < this.heard.length; this.#taken++) {
          const answer = this.heard[this.#taken];
          if (answer?.$case !== kind) continue;
          this.#taken++;
          return { value: answer.value as AnswerOf<C> };
        }
        if (this.end !== null) throw new Error(`the session ended: ${this.end.code} ${this.end.details}`);
        return null;
      },
      { what: `the controller says ${kind}`, withinMs: 8_000, everyMs: 5, context: () => JSON.stringify(this.heard) },
    );
    return found.value;
  }

  /** Waits for the end of the session. */
  ended(withinMs = 8_000): Promise<StatusObject> {
    return eventually(() => this.end, { what: "the session ends", withinMs, everyMs: 5 });
  }
}

export function helloOf(papers: Papers, change: Partial<Hello> = {}): Body {
  return {
    $case: "hello",
    value: {
      agentId: papers.agentId,
      bootId: "boot-1",
      name: "web1",
      labels: {},
      version: "0.1.0",
      lastSeq: 1_000_000,
      hostName: "host",
      firstUnackedSeq: 0,
      capabilities: [],
      epoch: 0,
      ...change,
    },
  };
}

export function processInfo(change: Partial<ProcessInfo> = {}): ProcessInfo {
  return {
    group: "api",
    name: "api",
    state: "RUNNING",
    pid: 42,
    sinceMs: 1_000,
    startedAtMs: 1_000,
    stoppedAtMs: 0,
    spawnError: "",
    description: "",
    tries: 0,
    command: "/bin/true",
    priority: 999,
    hasStdoutLog: true,
    hasStderrLog: true,
    autostart: true,
    autorestart: "unexpected",
    index: 0,
    exit: undefined,
    ...change,
  };
}

export function supervisorInfo(change: Partial<SupervisorInfo> = {}): SupervisorInfo {
  return {
    identifier: "supervisor",
    pid: 1,
    mood: "RUNNING",
    startedAtMs: 1,
    supervisorVersion: "4.2.5",
    configFile: "/etc/supervisord.conf",
    ...change,
  };
}

export function snapshotOf(seq: number, processes: readonly ProcessInfo[], change: Partial<Snapshot> = {}): Body {
  return {
    $case: "snapshot",
    value: {
      seq,
      supervisor: supervisorInfo(),
      processes: [...processes],
      ...change,
    },
  };
}

/** A change of state as report `seq`. */
export function changeReport(seq: number, process: Partial<ProcessInfo> = {}, orderId = ""): Report {
  return {
    seq,
    atMs: 10_000 + seq,
    body: {
      $case: "stateChange",
      value: { fromState: "STARTING", process: processInfo(process), end: undefined, orderId },
    },
  };
}

export const reportsOf = (...reports: Report[]): Body => ({ $case: "reports", value: { bootId: "", reports } });

/** Opens a session, says hello and shows a snapshot; resolves when the controller has welcomed it. */
export async function openSession(
  t: Scope,
  controller: Reached,
  papers: Papers,
  options: { readonly hello?: Partial<Hello>; readonly seq?: number; readonly processes?: readonly ProcessInfo[] } = {},
): Promise<ScriptedSession & { readonly epoch: number; readonly ackedSeq: number }> {
  const session = new ScriptedSession(t, controller, papers);
  session.send(helloOf(papers, options.hello));
  const { epoch, ackedSeq } = await session.next("welcome");
  session.send(snapshotOf(options.seq ?? 0, options.processes ?? [processInfo()]));
  return Object.assign(session, { epoch, ackedSeq });
}

/** Papers of an authority that nobody in the fleet has heard of, for the same agent. */
export async function forgedPapers(papers: Papers, dir: string): Promise<Papers> {
  const strange = await Authority.open(dir);
  const { keyPem, csrDer } = await newKeyAndRequest();
  const certificatePem = await strange.agentCertificate(csrDer, papers.agentId);
  return { ...papers, keyPem, certificatePem };
}
