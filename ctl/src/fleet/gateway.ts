// The controller's XML-RPC gateway: what a supervisor itself can be asked, for which the API has no words of its own.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Session } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { decodeResponse, encodeCall, type XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import type { ApiClient } from "./client.js";

/** Longest wait for an answer. */
const ANSWER_MS = 60_000;

export class Gateway {
  readonly #client: ApiClient;
  readonly #user: string;

  private constructor(client: ApiClient, user: string) {
    this.#client = client;
    this.#user = user;
  }

  /** Asks who one is: its logins name the user beside the token. */
  static async open(client: ApiClient): Promise<Gateway> {
    const { user } = await client.get<Session>(API_PATHS.session);
    return new Gateway(client, user);
  }

  /** Calls `supervisor.METHOD` of one instance. Throws FleetError, `conflict` for a fault of the supervisor. */
  async call(instance: string, method: string, ...params: readonly XmlRpcValue[]): Promise<XmlRpcValue> {
    const response = await this.#client.raw("POST", pathOf(instance, "RPC2"), {
      xml: encodeCall(`supervisor.${method}`, params),
      basicUser: this.#user,
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const answer = decodeResponse(await response.text());
    if (answer.ok) return answer.value;
    throw new FleetError("conflict", answer.text);
  }

  /** The supervisor's own log: its end, and what is written until `signal` aborts. */
  async *followMainLog(instance: string, signal: AbortSignal): AsyncGenerator<string, void, void> {
    const response = await this.#client.raw("GET", pathOf(instance, "mainlogtail"), { basicUser: this.#user, signal });
    const decoder = new TextDecoder();
    for await (const chunk of response.body) yield decoder.decode(chunk as Uint8Array, { stream: true });
  }
}

function pathOf(instance: string, what: string): string {
  return `/instances/${encodeURIComponent(instance)}/${what}`;
}
