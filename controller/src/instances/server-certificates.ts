// The certificate that the agents' port shows, replaceable while it listens, and what it accepts of clients.
import { experimental, type ServerCredentials } from "@grpc/grpc-js";
import type { KeyPair } from "../pki/certificates.js";

type Provider = Parameters<typeof experimental.createCertificateProviderServerCredentials>[0];
type IdentityListener = Parameters<Provider["addIdentityCertificateListener"]>[0];

export class ServerCertificates {
  readonly #authorityPem: string;
  readonly #listeners = new Set<IdentityListener>();
  #pair: KeyPair | null = null;

  constructor(authorityPem: string) {
    this.#authorityPem = authorityPem;
  }

  /**
   * A client may come without a certificate, to join; one that it brings must be of our authority to count. grpc-js offers that only
   * through a certificate provider.
   */
  get credentials(): ServerCredentials {
    const ca = { caCertificate: Buffer.from(this.#authorityPem) };
    const provider: Provider = {
      // Told in a moment: the server that is to hear of it is only registered after this returns.
      addCaCertificateListener: (listener) => queueMicrotask(() => listener(ca)),
      removeCaCertificateListener: () => {},
      addIdentityCertificateListener: (listener) => {
        this.#listeners.add(listener);
        queueMicrotask(() => this.#tell(listener));
      },
      removeIdentityCertificateListener: (listener) => void this.#listeners.delete(listener),
    };
    return experimental.createCertificateProviderServerCredentials(provider, provider, false);
  }

  /** Shows this one from now on. */
  use(pair: KeyPair): void {
    if (pair.certificatePem === this.#pair?.certificatePem) return;
    this.#pair = pair;
    for (const listener of this.#listeners) this.#tell(listener);
  }

  #tell(listener: IdentityListener): void {
    if (this.#pair === null) return;
    // The authority goes along, so that a joining agent can compare it with the fingerprint in its token.
    const certificate = Buffer.from(this.#pair.certificatePem + this.#authorityPem);
    listener({ certificate, privateKey: Buffer.from(this.#pair.keyPem) });
  }
}
