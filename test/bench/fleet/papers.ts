// Identities of simulated agents: joined one by one as fvagent does, kept in a folder for later runs with the authority they belong to.
// Before anything that loads x509.
import "reflect-metadata";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { JoinToken } from "@fleetvisor/proto/api/v1";
import { EnrolmentClient, type JoinResponse } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { CONTROLLER_CHANNEL } from "@fleetvisor/proto/grpc/controller-name";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import type { ApiClient } from "../../helpers/api-client.js";
import { newKeyAndRequest, type Papers } from "../../helpers/scripted-agent.js";
import { Samples } from "./samples.js";

/** What joining needs to know of a controller that runs. */
export interface JoinedController {
  readonly dataDir: string;
  /** Where agents join, HOST:PORT. */
  readonly address: string;
  /** Of who administers. */
  readonly api: ApiClient;
}

/** Joins under way at a time. */
const AT_ONCE = 32;

export interface NamedPapers extends Papers {
  readonly name: string;
}

/** Before the controller's first start: gives it the authority of the papers that are kept, if any are. */
export function lendAuthority(controller: Pick<JoinedController, "dataDir">, keepDir: string | null): void {
  if (keepDir !== null && existsSync(join(keepDir, "pki"))) {
    cpSync(join(keepDir, "pki"), join(controller.dataDir, "pki"), { recursive: true });
  }
}

export interface Joined {
  readonly papers: readonly NamedPapers[];
  /** How many joined now, for how long, and how long each took. */
  readonly fresh: number;
  readonly seconds: number;
  readonly each: Samples;
}

/** Papers for so many agents: those kept, and the rest by joining. */
export async function papersFor(controller: JoinedController, agents: number, keepDir: string | null): Promise<Joined> {
  const file = keepDir === null ? null : join(keepDir, "papers.json");
  const kept: NamedPapers[] = file !== null && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const missing = Math.max(0, agents - kept.length);
  const each = new Samples();
  const started = performance.now();
  const fresh: NamedPapers[] = [];
  if (missing > 0) {
    const { token } = await controller.api.post<JoinToken>(API_PATHS.joinTokens, { uses: missing });
    const caPem = readFileSync(join(controller.dataDir, "pki/ca.pem"), "utf8").replace(
      /-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*/,
      "",
    );
    let next = kept.length;
    const work = async () => {
      while (next < agents) {
        const name = `sim-${String(next++).padStart(5, "0")}`;
        fresh.push(await joinAs(controller.address, token, name, caPem, each));
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
  }
  const seconds = (performance.now() - started) / 1000;
  const papers = [...kept, ...fresh];
  if (file !== null && keepDir !== null && missing > 0) {
    writeFileSync(file, JSON.stringify(papers), { mode: 0o600 });
    cpSync(join(controller.dataDir, "pki"), join(keepDir, "pki"), { recursive: true });
  }
  return { papers: papers.slice(0, agents), fresh: missing, seconds, each };
}

async function joinAs(
  address: string,
  token: string,
  name: string,
  caPem: string,
  each: Samples,
): Promise<NamedPapers> {
  const { keyPem, csrDer } = await newKeyAndRequest();
  const started = performance.now();
  const client = new EnrolmentClient(address, credentials.createSsl(Buffer.from(caPem)), {
    ...CONTROLLER_CHANNEL,
    "grpc.use_local_subchannel_pool": 1,
  });
  try {
    const answer = await new Promise<JoinResponse>((resolve, reject) => {
      client.join({ token, csrDer, name }, (error: ServiceError | null, response) => {
        if (error === null) resolve(response);
        else reject(error);
      });
    });
    each.add(performance.now() - started);
    return { name, agentId: answer.agentId, caPem: answer.caPem, keyPem, certificatePem: answer.certificatePem };
  } finally {
    client.close();
  }
}
