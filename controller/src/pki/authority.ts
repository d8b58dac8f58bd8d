// The controller's own certificate authority: made at the first start, kept in the data directory, used for both sides of the link.
import { createHash, X509Certificate } from "node:crypto";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { CONTROLLER_NAME } from "@fleetvisor/proto/grpc/controller-name";
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

  /** The certificate of the gRPC port, made anew when it ends soon. */
  async serverCertificate(): Promise<KeyPair> {
    const kept = await readPair(this.#dir, "server");
    if (kept !== null && this.#stillGood(new X509Certificate(kept.certificatePem))) return kept;
    const fresh = await newServerCertificate(this.#signer);
    // A disk that takes nothing must not keep agents out: the next start makes another one.
    await writePair(this.#dir, "server", fresh).catch(() => {});
    return fresh;
  }

  /** A client certificate for an agent, PEM, good for so many days; `invalid-argument` for a bad signing request. */
  agentCertificate(csrDer: Uint8Array, agentId: string, days?: number): Promise<string> {
    return newAgentCertificate(this.#signer, csrDer, agentId, days);
  }

  #stillGood(certificate: X509Certificate): boolean {
    return (
      certificate.verify(new X509Certificate(this.certificatePem).publicKey) &&
      certificate.checkHost(CONTROLLER_NAME) !== undefined &&
      Date.parse(certificate.validTo) - Date.now() >= RENEW_MS
    );
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
