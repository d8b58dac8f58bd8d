// The explain view: its question, which is in its address, and the answer as it is drawn.
import type { ExplainQuery, Explanation } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERB_NAMES, type AccessVerb } from "@fleetvisor/proto/vocabulary/access";

import { t } from "../i18n/i18n.js";
import { grantWords } from "./access.js";

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

export interface AnswerView {
  readonly allowed: boolean;
  readonly title: string;
  /** In the controller's words, without saying the title once more. */
  readonly reason: string;
  /** The grant that decides, and who gave it; null when none does. */
  readonly by: string | null;
}

export function buildAnswer({ user, verb, target, allowed, reason, grant }: Explanation): AnswerView {
  const values = { user, verb, target: target ?? t("access:explain.everything") };
  return {
    allowed,
    title: allowed ? t("access:explain.may", values) : t("access:explain.mayNot", values),
    reason: reason.replace(/^\S+ may (not )?.*?: (?=\S)/, ""),
    by: grant === null ? null : t("access:explain.by", { grant: grantWords(grant), giver: grant.createdBy }),
  };
}
