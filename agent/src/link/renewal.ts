// A new certificate before the old one ends: when it is due, and asking the controller for it.
import { X509Certificate } from "node:crypto";
import type { FleetClient, RenewResponse } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Metadata, type ServiceError } from "@grpc/grpc-js";
import type { Identity } from "./identity.js";

const TIMEOUT_MS = 15_000;

/** In the last third of its life; wall clock, ms. */
export function renewalDueMs(certificatePem: string): number {
  const { validFrom, validTo } = new X509Certificate(certificatePem);
  const [from, to] = [Date.parse(validFrom), Date.parse(validTo)];
  return to - (to - from) / 3;
}

/** The identity with a new key and certificate. Rejects with FleetError `unavailable`: the old one is still good for a while. */
export async function renew(client: FleetClient, identity: Identity): Promise<Identity> {
  const { newCertificateRequest } = await import("./certificate-request.js");
  const { csrDer, key } = await newCertificateRequest(identity.agentId);
  const response = await new Promise<RenewResponse>((resolve, reject) => {
    const options = { deadline: Date.now() + TIMEOUT_MS };
    client.renew({ csrDer }, new Metadata(), options, (error: ServiceError | null, renewed) => {
      if (error === null) resolve(renewed);
      else reject(new FleetError("unavailable", `the certificate is not renewed: ${error.details || error.message}`));
    });
  });
  return { agentId: identity.agentId, key, certificate: response.certificatePem, ca: response.caPem };
}
