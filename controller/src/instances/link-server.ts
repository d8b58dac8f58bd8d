// The gRPC port of the agents: TLS with our own authority, enrolment for who brings a join token, sessions for who brings a certificate.

import { X509Certificate } from "node:crypto";
import {
  type EnrolmentServer,
  EnrolmentService,
  type FleetServer,
  FleetService,
  type JoinRequest,
  type JoinResponse,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { GRPC_CODES } from "@fleetvisor/proto/grpc/codes";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import {
  experimental,
  Server,
  type ServerCredentials,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
} from "@grpc/grpc-js";
import type { Joining } from "../access/joining.js";
import { type Address, formatAddress } from "../config/keys.js";
import { agentIdOf, type KeyPair } from "../pki/certificates.js";
import { AgentSession, type AgentStream, type SessionWorld } from "./agent-session.js";
import { refusalOf } from "./refusals.js";

/** A peer that is silently gone is noticed within these two together. */
const KEEPALIVE_TIME_MS = 10_000;
const KEEPALIVE_TIMEOUT_MS = 5_000;
/** A snapshot of 50 000 processes stays below this. */
const MESSAGE_BYTES = 64 * 1024 * 1024;
const STOP_MS = 2_000;

export interface LinkServerOptions {
  readonly listen: Address;
  readonly certificate: KeyPair;
  readonly authorityPem: string;
  readonly joining: Joining;
  readonly world: SessionWorld;
}

export class LinkServer implements Lifecycle {
  readonly #options: LinkServerOptions;
  #server: Server | null = null;
  #port = 0;

  constructor(options: LinkServerOptions) {
    this.#options = options;
  }

  /** The address listened on, with the port that the system chose if it was asked to. */
  get address(): Address {
    return { host: this.#options.listen.host, port: this.#port };
  }

  /** Rejects with `unavailable` when the address cannot be used. */
  async start(): Promise<void> {
    const { listen, certificate, authorityPem } = this.#options;
    const server = new Server({
      "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
      "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
      "grpc.max_receive_message_length": MESSAGE_BYTES,
      "grpc.enable_channelz": 0,
    });
    const enrolment: EnrolmentServer = { join: (call, answer) => void this.#join(call, answer) };
    const sessions: FleetServer = { session: (stream) => this.#session(stream) };
    server.addService(EnrolmentService, enrolment);
    server.addService(FleetService, sessions);
    const address = formatAddress(listen);
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(address, serverCredentials(certificate, authorityPem), (error, port) => {
        if (error === null) resolve(port);
        else reject(new FleetError("unavailable", `cannot listen for agents on ${address}: ${listenReason(error)}`));
      });
    });
    this.#server = server;
  }

  /** Ends every session; agents are told before, by `agents.goodbye`. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    await new Promise<void>((resolve) => {
      const forced = setTimeout(() => server.forceShutdown(), STOP_MS);
      server.tryShutdown(() => {
        clearTimeout(forced);
        resolve();
      });
    });
  }

  async #join(call: ServerUnaryCall<JoinRequest, JoinResponse>, answer: sendUnaryData<JoinResponse>): Promise<void> {
    const { joining, world } = this.#options;
    const { token, csrDer, name } = call.request;
    try {
      const { agentId, certificatePem, caPem } = await joining.join({ token, csrDer, name });
      world.fleet.joined(name, agentId);
      world.log.info({ instance: name, agentId, from: call.getPeer() }, "agent joined");
      answer(null, { agentId, certificatePem, caPem });
    } catch (thrown) {
      const error = FleetError.from(thrown);
      world.log.warn({ instance: name.slice(0, 128), from: call.getPeer(), error: error.message }, "join refused");
      answer(refusalOf(error) as ServiceError);
    }
  }

  #session(stream: AgentStream): void {
    // Only of a certificate that our authority signed: of any other the context is empty.
    const peer = stream.getAuthContext().sslPeerCertificate;
    const agentId = peer === undefined ? null : agentIdOf(new X509Certificate(peer.raw).subjectAltName);
    if (agentId === null) {
      stream.on("error", () => {});
      stream.emit("error", {
        code: GRPC_CODES.unauthenticated,
        details: "a certificate of this fleet is needed: join first",
      });
      return;
    }
    new AgentSession(stream, agentId, this.#options.world);
  }
}

/**
 * A client may come without a certificate, to join; one that it brings must be of our authority to count. grpc-js offers that only
 * through a certificate provider.
 */
function serverCredentials(pair: KeyPair, authorityPem: string): ServerCredentials {
  const ca = { caCertificate: Buffer.from(authorityPem) };
  // The authority goes along, so that a joining agent can compare it with the fingerprint in its token.
  const chain = Buffer.from(pair.certificatePem + authorityPem);
  const identity = { certificate: chain, privateKey: Buffer.from(pair.keyPem) };
  const provider: Parameters<typeof experimental.createCertificateProviderServerCredentials>[0] = {
    // Told in a moment: the server that is to hear of it is only registered after this returns.
    addCaCertificateListener: (listener) => queueMicrotask(() => listener(ca)),
    removeCaCertificateListener: () => {},
    addIdentityCertificateListener: (listener) => queueMicrotask(() => listener(identity)),
    removeIdentityCertificateListener: () => {},
  };
  return experimental.createCertificateProviderServerCredentials(provider, provider, false);
}

function listenReason(error: Error): string {
  return error.message.includes("EADDRINUSE") ? "the address is in use" : error.message;
}
