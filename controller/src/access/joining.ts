// How a host becomes one of the fleet: join tokens, and exchanging one for an identity and a certificate.
import { randomUUID } from "node:crypto";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { INSTANCE_NAME } from "../core/names.js";
import type { Authority } from "../pki/authority.js";
import type { JoinTokenRecord } from "../store/records.js";
import type { Store } from "../store/store.js";
import { hashSecret, newId, newSecret, sameSecret } from "./secrets.js";

const VERSION = "fvj1";

export interface NewJoinToken {
  /** `fvj1.ID.SECRET.CAFINGERPRINT`; shown once. */
  readonly token: string;
  readonly uses: number;
  readonly expiresAtMs: number;
}

export interface Joined {
  readonly agentId: string;
  readonly certificatePem: string;
  readonly caPem: string;
  /** Who made the join token. */
  readonly invitedBy: string;
}

export class Joining {
  readonly #store: Store;
  readonly #authority: Authority;
  readonly #now: () => number;

  constructor(store: Store, authority: Authority, now: () => number = Date.now) {
    this.#store = store;
    this.#authority = authority;
    this.#now = now;
  }

  async newToken(createdBy: string, uses: number, ttlMs: number): Promise<NewJoinToken> {
    const [id, secret, createdAtMs] = [newId(), newSecret(), this.#now()];
    const expiresAtMs = createdAtMs + ttlMs;
    await this.#store.addJoinToken({
      id,
      secretHash: hashSecret(secret),
      uses,
      used: 0,
      createdBy,
      createdAtMs,
      expiresAtMs,
    });
    return { token: [VERSION, id, secret, this.#authority.fingerprint].join("."), uses, expiresAtMs };
  }

  /**
   * Spends the token once and enrols an agent under the name. Throws `unauthenticated` for a token that does not hold,
   * `conflict` when another agent has the name, `invalid-argument` for a bad name or signing request. After a refusal the token has
   * as many uses as before.
   */
  async join(request: { readonly token: string; readonly csrDer: Uint8Array; readonly name: string }): Promise<Joined> {
    const { id: tokenId, createdBy } = await this.#checkToken(request.token);
    if (!INSTANCE_NAME.test(request.name)) {
      throw new FleetError(
        "invalid-argument",
        `an instance cannot be called ${JSON.stringify(request.name.slice(0, 128))}: letters, digits, dot, dash and underscore only`,
      );
    }
    const agentId = randomUUID();
    const certificatePem = await this.#authority.agentCertificate(request.csrDer, agentId);
    const outcome = await this.#store.join(tokenId, agentId, request.name, this.#now());
    if (outcome === "bad-token") throw refused();
    if (outcome === "name-taken") {
      throw new FleetError(
        "conflict",
        `the name ${request.name} belongs to another agent: choose another \`name\`, or remove that instance first`,
      );
    }
    return { agentId, certificatePem, caPem: this.#authority.certificatePem, invitedBy: createdBy };
  }

  /** A new certificate for an agent that has shown its present one. Throws `forbidden` when it is not of the fleet any more. */
  async renew(
    agentId: string,
    csrDer: Uint8Array,
  ): Promise<{ readonly certificatePem: string; readonly caPem: string }> {
    const known = (await this.#store.instances()).some(({ id }) => id === agentId);
    if (!known)
      throw new FleetError("forbidden", "this agent has been removed from the fleet: it needs a new join token");
    const certificatePem = await this.#authority.agentCertificate(csrDer, agentId);
    return { certificatePem, caPem: this.#authority.certificatePem };
  }

  async #checkToken(token: string): Promise<JoinTokenRecord> {
    const [version, id, secret, , extra] = token.split(".");
    if (version !== VERSION || id === undefined || secret === undefined || extra !== undefined) throw refused();
    const record = await this.#store.joinToken(id);
    // Compared even when there is no such token, so that the time taken does not tell which ids exist.
    const same = sameSecret(hashSecret(secret), record?.secretHash ?? "");
    if (record === null || !same || record.used >= record.uses || record.expiresAtMs <= this.#now()) throw refused();
    return record;
  }
}

function refused(): FleetError {
  return new FleetError("unauthenticated", "the join token is unknown, used up or expired");
}
