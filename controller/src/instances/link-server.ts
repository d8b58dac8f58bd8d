// The gRPC port of the agents: TLS with our own authority, enrolment for who brings a join token, sessions for who brings a certificate.

import {
  type EnrolmentServer,
  EnrolmentService,
  type FleetServer,
  FleetService,
  type JoinRequest,
  type JoinResponse,
  type RenewRequest,
  type RenewResponse,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { GRPC_CODES } from "@fleetvisor/proto/grpc/codes";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Server, type ServerUnaryCall, type ServiceError, type sendUnaryData } from "@grpc/grpc-js";
import type { Joining } from "../access/joining.js";
import type { Address } from "../config/keys.js";
import { agentIdOf, type KeyPair } from "../pki/certificates.js";
import { AgentSession, type AgentStream, type SessionWorld } from "./agent-session.js";
import { Door } from "./door.js";
import { refusalOf } from "./refusals.js";
import { ServerCertificates } from "./server-certificates.js";

/**
 * What a peer that is silently gone has open is freed within these two together. Whether it is there, heartbeats tell; an answer that
 * waits behind a stall of ours must not cost every connection at once.
 */
const KEEPALIVE_TIME_MS = 30_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;
/** Connections on which nothing is open any more, as after joining. */
const IDLE_MS = 60_000;
/** A snapshot of 50 000 processes stays below this. */
const MESSAGE_BYTES = 64 * 1024 * 1024;
/** Of one connection: a session and a renewal are all an agent needs. */
const CALLS_AT_ONCE = 16;
const STOP_MS = 2_000;
const DAY_MS = 86_400_000;
const NO_CERTIFICATE = "a certificate of this fleet is needed that has not ended: join first";

export interface LinkServerOptions {
  readonly listen: Address;
  /** The certificate to show, made anew when the one before ends soon. */
  readonly certificate: () => Promise<KeyPair>;
  readonly authorityPem: string;
  readonly joining: Joining;
  readonly world: SessionWorld;
}

export class LinkServer implements Lifecycle {
  readonly #options: LinkServerOptions;
  readonly #certificates: ServerCertificates;
  #renewal: NodeJS.Timeout | undefined;
  #server: Server | null = null;
  #door: Door | null = null;

  constructor(options: LinkServerOptions) {
    this.#options = options;
    this.#certificates = new ServerCertificates(options.authorityPem);
  }

  /** The address listened on, with the port that the system chose if it was asked to. */
  get address(): Address {
    return { host: this.#options.listen.host, port: this.#door?.port ?? 0 };
  }

  /** Rejects with `unavailable` when the address cannot be used. */
  async start(): Promise<void> {
    const { listen, certificate } = this.#options;
    this.#certificates.use(await certificate());
    const server = new Server({
      "grpc.keepalive_time_ms": KEEPALIVE_TIME_MS,
      "grpc.keepalive_timeout_ms": KEEPALIVE_TIMEOUT_MS,
      "grpc.max_connection_idle_ms": IDLE_MS,
      "grpc.max_receive_message_length": MESSAGE_BYTES,
      "grpc.max_concurrent_streams": CALLS_AT_ONCE,
      "grpc.enable_channelz": 0,
    });
    const enrolment: EnrolmentServer = { join: (call, answer) => void this.#join(call, answer) };
    const sessions: FleetServer = {
      session: (stream) => this.#session(stream),
      renew: (call, answer) => void this.#renew(call, answer),
    };
    server.addService(EnrolmentService, enrolment);
    server.addService(FleetService, sessions);
    const injector = server.createConnectionInjector(this.#certificates.credentials);
    const door = new Door(listen, (socket) => injector.injectConnection(socket));
    await door.start();
    this.#door = door;
    this.#server = server;
    this.#renewal = setInterval(() => void this.#renewOwn(), DAY_MS);
  }

  /** Ends every session; agents are told before, by `agents.goodbye`. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    clearInterval(this.#renewal);
    await this.#door?.stop();
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
    const address = call.getPeer();
    try {
      const { agentId, certificatePem, caPem, invitedBy } = await joining.join({ token, csrDer, name });
      world.fleet.joined(name, agentId);
      world.audit.joined({ agentId, name, address, invitedBy });
      answer(null, { agentId, certificatePem, caPem });
    } catch (thrown) {
      const error = FleetError.from(thrown);
      world.audit.joinRefused({ name: name.slice(0, 128), address, reason: error.message });
      answer(refusalOf(error) as ServiceError);
    } finally {
      this.#door?.entered(address);
    }
  }

  async #renew(
    call: ServerUnaryCall<RenewRequest, RenewResponse>,
    answer: sendUnaryData<RenewResponse>,
  ): Promise<void> {
    const { joining, world } = this.#options;
    const agentId = peerAgentId(call);
    try {
      if (agentId === null) throw new FleetError("unauthenticated", NO_CERTIFICATE);
      answer(null, await joining.renew(agentId, call.request.csrDer));
      world.log.info({ agentId }, "certificate of an agent renewed");
    } catch (thrown) {
      const error = FleetError.from(thrown);
      world.log.warn({ agentId, from: call.getPeer(), error: error.message }, "renewal refused");
      answer(refusalOf(error) as ServiceError);
    }
  }

  /** The controller's own certificate, before it ends: connections that are open go on with the old one. */
  async #renewOwn(): Promise<void> {
    try {
      this.#certificates.use(await this.#options.certificate());
    } catch (error) {
      this.#options.world.log.error(
        { error: FleetError.from(error).message },
        "the certificate for agents is not renewed",
      );
    }
  }

  #session(stream: AgentStream): void {
    this.#door?.entered(stream.getPeer());
    const agentId = peerAgentId(stream);
    if (agentId === null) {
      stream.on("error", () => {});
      stream.emit("error", {
        code: GRPC_CODES.unauthenticated,
        details: NO_CERTIFICATE,
      });
      return;
    }
    new AgentSession(stream, agentId, this.#options.world);
  }
}

/** Agent id in the client's certificate; null for a client without one that our authority signed. */
function peerAgentId(call: Pick<AgentStream, "getAuthContext">): string | null {
  // Of a certificate that another authority signed, or that has ended, the context is empty.
  const peer = call.getAuthContext().sslPeerCertificate;
  return peer === undefined ? null : agentIdOf(peer.subjectaltname);
}
