// Makes certificates: the authority itself, the controller's for its gRPC port, an agent's. Keeping them is authority.ts.
import "reflect-metadata";
import { KeyObject, randomBytes, webcrypto } from "node:crypto";
import { CONTROLLER_NAME } from "@fleetvisor/proto/grpc/controller-name";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import * as x509 from "@peculiar/x509";

const KEYS = { name: "ECDSA", namedCurve: "P-256" } as const;
const SIGNING = { name: "ECDSA", hash: "SHA-256" } as const;
const DAY_MS = 86_400_000;
/** Certificates count from a day ago, for hosts whose clock is behind. */
const BACKDATE_MS = DAY_MS;
const AUTHORITY_DAYS = 20 * 365;
const SERVER_DAYS = 365;
/** Agents renew in the last third; revoking is by agent id and does not wait for the end of a certificate. */
const AGENT_DAYS = 365;
const AGENT_URI = "spiffe://fleetvisor/agent/";

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificatePem: string;
  readonly keyPem: string;
}

/** Signs for one authority. */
export interface Signer {
  readonly certificate: x509.X509Certificate;
  readonly key: webcrypto.CryptoKey;
}

export async function newAuthority(): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: newSerial(),
    name: [{ CN: [`fleetvisor authority ${randomBytes(4).toString("hex")}`] }],
    ...lifetime(AUTHORITY_DAYS),
    signingAlgorithm: SIGNING,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificatePem: pemOf(certificate), keyPem: exportKey(keys.privateKey) };
}

export async function loadSigner(pair: KeyPair): Promise<Signer> {
  const key = await webcrypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pair.keyPem), KEYS, false, [
    "sign",
  ]);
  return { certificate: new x509.X509Certificate(pair.certificatePem), key };
}

/** A certificate for these host names and IP addresses, with a new key. */
export async function newServerCertificate(signer: Signer): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(KEYS, true, ["sign", "verify"]);
  const certificate = await sign(signer, keys.publicKey, {
    commonName: "fleetvisor controller",
    days: SERVER_DAYS,
    usage: x509.ExtendedKeyUsage.serverAuth,
    names: [{ type: "dns", value: CONTROLLER_NAME }],
  });
  return { certificatePem: pemOf(certificate), keyPem: exportKey(keys.privateKey) };
}

/** A client certificate for the key of a signing request; PEM. Throws `invalid-argument` for a request that is none. */
export async function newAgentCertificate(
  signer: Signer,
  csrDer: Uint8Array,
  agentId: string,
  days = AGENT_DAYS,
): Promise<string> {
  const request = await checkedRequest(csrDer);
  const certificate = await sign(signer, request.publicKey, {
    commonName: agentId,
    days,
    usage: x509.ExtendedKeyUsage.clientAuth,
    names: [{ type: "url", value: AGENT_URI + agentId }],
  });
  return pemOf(certificate);
}

/** Agent id in the subject alternative name of a checked client certificate, as Node prints it; null when there is none. */
export function agentIdOf(subjectAltName: string | undefined): string | null {
  for (const name of subjectAltName?.split(", ") ?? []) {
    const uri = name.startsWith("URI:") ? name.slice(4) : "";
    if (uri.startsWith(AGENT_URI)) return uri.slice(AGENT_URI.length);
  }
  return null;
}

async function checkedRequest(csrDer: Uint8Array): Promise<x509.Pkcs10CertificateRequest> {
  try {
    const request = new x509.Pkcs10CertificateRequest(new Uint8Array(csrDer));
    if (await request.verify()) return request;
  } catch {
    // The reader's own words would tell an operator nothing.
  }
  throw new FleetError("invalid-argument", "the certificate signing request is not valid");
}

interface Contents {
  readonly commonName: string;
  readonly days: number;
  readonly usage: x509.ExtendedKeyUsage;
  readonly names: x509.JsonGeneralNames;
}

async function sign(signer: Signer, publicKey: x509.PublicKeyType, contents: Contents): Promise<x509.X509Certificate> {
  return x509.X509CertificateGenerator.create({
    serialNumber: newSerial(),
    subject: [{ CN: [contents.commonName] }],
    issuer: signer.certificate.subjectName,
    ...lifetime(contents.days),
    signingAlgorithm: SIGNING,
    signingKey: signer.key,
    publicKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([contents.usage]),
      new x509.SubjectAlternativeNameExtension(contents.names),
      await x509.AuthorityKeyIdentifierExtension.create(signer.certificate),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
}

function lifetime(days: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - BACKDATE_MS), notAfter: new Date(now + days * DAY_MS) };
}

/** Positive and without a leading zero byte, as RFC 5280 4.1.2.2 asks. */
function newSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.toString("hex");
}

function pemOf(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

function exportKey(key: webcrypto.CryptoKey): string {
  return KeyObject.from(key).export({ type: "pkcs8", format: "pem" }).toString();
}
