// The controller's own certificate authority: made at the first start, kept in the data directory, used for both sides of the link.
import { createHash, X509Certificate } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { hostname, networkInterfaces } from "node:os";
import { join } from "node:path";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import {
  type KeyPair,
  loadSigner,
  newAgentCertificate,
  newAuthority,
  newServerCertificate,
  type Signer,
} from "./certificates.js";
import { readIfThere, writeSecret } from "./secret-file.js";

const DIR = "pki";
/** A server certificate with less time left is made anew at the start. */
const RENEW_MS = 30 * 86_400_000;

export class Authority {
  readonly #dir: string;
  readonly #signer: Signer;
  readonly certificatePem: string;
  /** SHA-256 of the certificate, lower-case hex: what a join token pins. */
  readonly fingerprint: string;

  private constructor(dir: string, pair: KeyPair, signer: Signer) {
    this.#dir = dir;
    this.#signer = signer;
    this.certificatePem = pair.certificatePem;
    this.fingerprint = createHash("sha256").update(new X509Certificate(pair.certificatePem).raw).digest("hex");
  }

  /** Reads the authority below the data directory, or makes it there. Throws `unavailable` naming the file at fault. */
  static async open(dataDir: string): Promise<Authority> {
    const dir = join(dataDir, DIR);
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const pair = (await readPair(dir, "ca")) ?? (await newAuthority());
    const authority = new Authority(dir, pair, await loadSigner(pair));
    if ((await readPair(dir, "ca")) === null) await writePair(dir, "ca", pair);
    return authority;
  }

  /** The certificate of the gRPC port, made anew when it ends soon or the names are not those it was made for. */
  async serverCertificate(extraNames: readonly string[]): Promise<KeyPair> {
    const names = serverNames(extraNames);
    const kept = await readPair(this.#dir, "server");
    if (kept !== null && this.#stillGood(new X509Certificate(kept.certificatePem), names)) return kept;
    const fresh = await newServerCertificate(this.#signer, names);
    await writePair(this.#dir, "server", fresh);
    return fresh;
  }

  /** A client certificate for an agent, PEM, good for so many days; `invalid-argument` for a bad signing request. */
  agentCertificate(csrDer: Uint8Array, agentId: string, days?: number): Promise<string> {
    return newAgentCertificate(this.#signer, csrDer, agentId, days);
  }

  #stillGood(certificate: X509Certificate, names: readonly string[]): boolean {
    if (!certificate.verify(new X509Certificate(this.certificatePem).publicKey)) return false;
    if (Date.parse(certificate.validTo) - Date.now() < RENEW_MS) return false;
    const held = new Set(certificate.subjectAltName?.split(", ").map((name) => name.replace(/^(DNS|IP Address):/, "")));
    return names.length === held.size && names.every((name) => held.has(name) || held.has(longAddress(name)));
  }
}

/** Each file of the authority with its place below another data directory, whose folder for them is made. */
export async function authorityFiles(dataDir: string, target: string): Promise<readonly (readonly [string, string])[]> {
  const [from, to] = [join(dataDir, DIR), join(target, DIR)];
  await mkdir(to, { recursive: true, mode: 0o700 });
  // What is being written has another name until it is whole.
  const names = (await readdir(from)).filter((name) => !name.endsWith(".new"));
  return names.map((name) => [join(from, name), join(to, name)] as const);
}

/** What agents may call this host: its names and addresses, and what the operator adds. */
function serverNames(extra: readonly string[]): string[] {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    // Link-local addresses carry a scope that no certificate can.
    .map(({ address }) => address)
    .filter((address) => !address.startsWith("fe80:"));
  return [...new Set(["localhost", hostname(), "127.0.0.1", "::1", ...addresses, ...extra])].sort();
}

/** `::1` as certificates are printed: `0:0:0:0:0:0:0:1`. */
function longAddress(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? [] : Array<string>(8 - left.length - right.length).fill("0");
  return [...left, ...zeros, ...right].map((group) => Number.parseInt(group, 16).toString(16).toUpperCase()).join(":");
}

/** A certificate with its key; null when there is no such file. Throws `unavailable` for a file that does not hold both. */
export async function readPair(dir: string, name: string): Promise<KeyPair | null> {
  const text = await readIfThere(join(dir, `${name}.pem`));
  if (text === null) return null;
  const blocks = text.match(/-----BEGIN [A-Z ]+-----[\s\S]*?-----END [A-Z ]+-----\n?/g) ?? [];
  const certificatePem = blocks.find((block) => block.includes("BEGIN CERTIFICATE"));
  const keyPem = blocks.find((block) => block.includes("PRIVATE KEY"));
  if (certificatePem === undefined || keyPem === undefined) {
    throw new FleetError("unavailable", `${join(dir, `${name}.pem`)} does not hold a certificate and its key`);
  }
  return { certificatePem, keyPem };
}

/** Both in one file: they can never be of different making. */
function writePair(dir: string, name: string, pair: KeyPair): Promise<void> {
  return writeSecret(join(dir, `${name}.pem`), `${pair.certificatePem}${pair.keyPem}`);
}
