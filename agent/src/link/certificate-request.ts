// A key of one's own and the signing request for it. Loaded only when an agent joins or renews: its library is large.
import "reflect-metadata";
import { KeyObject, webcrypto } from "node:crypto";
import { Pkcs10CertificateRequestGenerator } from "@peculiar/x509";

const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING_ALGORITHM = { name: "ECDSA", hash: "SHA-256" } as const;

export interface CertificateRequest {
  /** PKCS #10, DER. */
  readonly csrDer: Buffer;
  /** The private key, PEM (PKCS #8). */
  readonly key: string;
}

export async function newCertificateRequest(name: string): Promise<CertificateRequest> {
  const keys = await webcrypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  const request = await Pkcs10CertificateRequestGenerator.create({
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    name: [{ CN: [name] }],
  });
  return {
    csrDer: Buffer.from(request.rawData),
    key: KeyObject.from(keys.privateKey).export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
