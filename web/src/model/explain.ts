// The question of the explain view in its address: who, which verb, what.
import type { ExplainQuery } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERB_NAMES, type AccessVerb } from "@fleetvisor/proto/vocabulary/access";

export interface ExplainView {
  readonly user: string;
  readonly verb: AccessVerb;
  /** "" for the whole fleet. */
  readonly target: string;
}

/** Who asks about oneself names nobody. */
export function explainParams({ user, verb, target }: ExplainView, own: string): URLSearchParams {
  const params = new URLSearchParams({ verb });
  if (user !== "" && user !== own) params.set("user", user);
  if (target !== "") params.set("target", target);
  return params;
}

/** What an address asks, as the controller takes it; null when it asks nothing. */
export function parseExplain(params: URLSearchParams, own: string): ExplainQuery | null {
  const verb = ACCESS_VERB_NAMES.find((each) => each === params.get("verb"));
  if (verb === undefined) return null;
  const [user, target] = [params.get("user") ?? "", params.get("target") ?? ""];
  return { verb, ...(user === "" || user === own ? {} : { user }), ...(target === "" ? {} : { target }) };
}
