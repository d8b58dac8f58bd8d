// What may be asked of a process in each state, and the words for asking it.
import type { Operation, OperationImpact } from "@fleetvisor/proto/api/v1";
import {
  type ProcessState,
  RUNNING_STATES,
  SIGNALLABLE_STATES,
  STOPPED_STATES,
} from "@fleetvisor/proto/vocabulary/states";
import { t } from "../i18n/i18n.js";
import { formatCount, listWords } from "../lib/format.js";

export type Verb = Operation["verb"];

/** Whether supervisord would take the verb for a process in this state; UNKNOWN takes a start, as there. */
export function allows(verb: Verb, state: ProcessState): boolean {
  if (verb === "start") return STOPPED_STATES.has(state);
  if (verb === "stop") return RUNNING_STATES.has(state);
  if (verb === "signal") return SIGNALLABLE_STATES.has(state);
  return true;
}

/** Words of a verb are read when they are asked for, since the language may change. */
export interface VerbWords {
  readonly name: string;
  /** What it does to the targets, for the question before it. */
  readonly effect: string;
}

/** What is offered for processes. */
export type ProcessVerb = "start" | "stop" | "restart" | "signal";

/** `count`: of the targets. */
export function verbWords(verb: Verb, count = 2): VerbWords {
  return { name: t(`operations:verbs.${verb}.name`), effect: t(`operations:verbs.${verb}.effect`, { count }) };
}

/** Signals that operators send to a process; what programs usually do on them is said by `signalUse`. */
export const SIGNALS = ["HUP", "USR1", "USR2", "INT", "QUIT", "TERM", "KILL"] as const;

export function signalUse(signal: (typeof SIGNALS)[number]): string {
  return t(`operations:signal.use.${signal}`);
}

/** `Restart 12 processes`, `Send HUP to web1/api:api`. `targets` may be the first of `count`. */
export function askTitle(
  verb: Verb,
  signal: string | null,
  targets: readonly string[],
  count = targets.length,
): string {
  const [only] = targets;
  return askWords(verb, signal, count === 1 && only !== undefined ? only : t("process", { count }));
}

/** The same for what is named already: one target, or how many there are. */
export function askWords(verb: Verb, signal: string | null, what: string): string {
  return verb === "signal"
    ? t("operations:signal.ask", { signal: signal ?? t("operations:signal.any"), what })
    : t(`operations:verbs.${verb}.ask`, { what });
}

/** On how many instances the targets lie and on which most of them: `web1 (4), web2 (4) and 3 more`. */
export function impactWords({ instances, most }: Pick<OperationImpact, "instances" | "most">): string {
  const named = most.slice(0, instances > MOST_NAMED ? MOST_NAMED - 1 : MOST_NAMED);
  const words = named.map(({ instance, targets }) => `${instance} (${formatCount(targets)})`);
  const more = instances - named.length;
  const all = more > 0 ? [...words, t("list.andMore", { count: more })] : words;
  return `${t("instance", { count: instances })}: ${listWords(all, all.length)}`;
}

/** Instances named in a line. */
const MOST_NAMED = 4;

/** What is told of a target of which nobody knows whether it was done, with the agent's words where there are any. */
export function unknownWords(message: string): string {
  return t("operations:outcome.unknown", { message: message || t("operations:outcome.noAnswer") });
}
