// First contact: checks the controller against the fingerprint in the join token, then exchanges the token for a certificate.
import { createHash, X509Certificate } from "node:crypto";
import { connect, type DetailedPeerCertificate } from "node:tls";
import { EnrolmentClient, type JoinResponse } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { CONTROLLER_CHANNEL, CONTROLLER_NAME } from "@fleetvisor/proto/grpc/controller-name";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { ControllerAddress } from "../config/resolved.js";
import { newCertificateRequest } from "./certificate-request.js";
import { describeFailure } from "./failures.js";
import type { Identity } from "./identity.js";
import { formatAddress } from "./settings.js";

const TIMEOUT_MS = 15_000;

/** The fingerprint of the controller's certificate authority, from `fvj1.ID.SECRET.FINGERPRINT`. */
function pinnedFingerprint(token: string): string {
  const match = /^fvj1\.[\w-]+\.[\w-]+\.([0-9a-f]{64})$/i.exec(token);
  if (match?.[1] === undefined) {
    throw new FleetError("unauthenticated", "the join token is damaged: it should read fvj1.….….…, copied whole");
  }
  return match[1].toLowerCase();
}

/** The authority that the controller shows, if it is the one the token names: nothing else is trusted, and nothing sent before. */
function fetchAuthority(controller: ControllerAddress, fingerprint: string): Promise<string> {
  const where = formatAddress(controller);
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...controller,
      servername: CONTROLLER_NAME,
      rejectUnauthorized: false,
      ALPNProtocols: ["h2"],
      timeout: TIMEOUT_MS,
    });
    socket.once("timeout", () => socket.destroy(new Error("no answer in time")));
    socket.once("error", (error) => {
      reject(
        new FleetError("unavailable", `cannot reach the controller at ${where}: ${describeFailure(error.message)}`, {
          cause: error,
        }),
      );
    });
    socket.once("secureConnect", () => {
      let certificate: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      const seen = new Set<DetailedPeerCertificate>();
      while (certificate?.raw !== undefined && !seen.has(certificate)) {
        seen.add(certificate);
        if (createHash("sha256").update(certificate.raw).digest("hex") === fingerprint) {
          socket.destroy();
          resolve(new X509Certificate(certificate.raw).toString());
          return;
        }
        certificate = certificate.issuerCertificate;
      }
      socket.destroy();
      reject(
        new FleetError(
          "unauthenticated",
          `the controller at ${where} is not the one this join token was made by (its certificate authority differs)`,
        ),
      );
    });
  });
}

/** Joins the fleet. Rejects with FleetError: `unauthenticated`, `conflict` (the name is taken), `unavailable`. */
export async function join(controller: ControllerAddress, token: string, name: string): Promise<Identity> {
  const ca = await fetchAuthority(controller, pinnedFingerprint(token));
  const { csrDer, key } = await newCertificateRequest(name);
  const response = await callJoin(controller, ca, { token, name, csrDer });
  return {
    agentId: response.agentId,
    key,
    certificate: response.certificatePem,
    ca: response.caPem,
  };
}

function callJoin(
  controller: ControllerAddress,
  ca: string,
  request: { token: string; name: string; csrDer: Buffer },
): Promise<JoinResponse> {
  const address = formatAddress(controller);
  const client = new EnrolmentClient(address, credentials.createSsl(Buffer.from(ca)), CONTROLLER_CHANNEL);
  return new Promise<JoinResponse>((resolve, reject) => {
    client.join(
      request,
      new Metadata(),
      { deadline: Date.now() + TIMEOUT_MS },
      (error: ServiceError | null, response) => {
        if (error === null) resolve(response);
        else reject(joinFailure(error, address));
      },
    );
  }).finally(() => client.close());
}

function joinFailure(error: ServiceError, address: string): FleetError {
  const why = error.details || error.message;
  switch (error.code) {
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
      return new FleetError("unauthenticated", `the controller at ${address} refused the join token: ${why}`);
    case status.ALREADY_EXISTS:
      return new FleetError("conflict", `the controller at ${address} refused this agent: ${why}`);
    case status.INVALID_ARGUMENT:
      return new FleetError("invalid-argument", `the controller at ${address} refused this agent: ${why}`);
    default:
      return new FleetError("unavailable", `cannot join at ${address}: ${why}`, { cause: error });
  }
}
