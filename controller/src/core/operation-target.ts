// What an order came to for one target of an operation. Pure; what a target that is watched is worth is operation-watch.ts.
//
//   pending ──sent──▶ sent ──OK──▶ succeeded, or waiting ──▶ succeeded | failed
//     │               │ └──fault──▶ failed                 └──time is over, agent away──▶ unknown
//     │               └──no answer──▶ unknown ──the agent still knew, or is seen again──▶ succeeded | failed
//     ├──never left──▶ failed ◀──never left after all── sent
//     └──no batch of it begins any more──▶ skipped
//
// Unknown counts as a failure: what cannot be said to be well is no reason to go on.
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { isDone, isOpenQuestion, type Operation, type OperationTarget } from "./operation.js";
import { beforeOrder, isWatched, type Look } from "./operation-watch.js";
import { processKey } from "./rows.js";

/** An agent's answer for one process, or with empty names for the instance. */
export interface Answer {
  readonly group: string;
  readonly name: string;
  readonly code: number;
  readonly message: string;
}

/** What an order of a batch to an instance came to. */
export type OrderInput =
  /** It is about to leave. Kept before it leaves: after a crash "sent" must never read "pending". */
  | { readonly type: "sent"; readonly bootId: string; readonly look: Look }
  | { readonly type: "answered"; readonly answers: readonly Answer[] }
  /** It could not be sent now; what had left before may have arrived. */
  | { readonly type: "not-sent"; readonly reason: string }
  /** Its leaving may have been kept, and it surely never left: no byte of it was handed to a session. */
  | { readonly type: "never-left"; readonly reason: string }
  /** It may or may not have been done. */
  | { readonly type: "unknown"; readonly reason: string }
  /** The start of the agent that it left for has ended, and said nothing. */
  | { readonly type: "boot-ended" };

type Answers = ReadonlyMap<string, Answer>;

/** Answers by the key of their process; null where the input brings none. */
export function answersOf(input: OrderInput): Answers | null {
  if (input.type !== "answered") return null;
  return new Map(input.answers.map((answer) => [processKey(answer.group, answer.name), answer]));
}

/** The target after what its order came to; the same one where that says nothing new. */
export function targetAfter(
  target: OperationTarget,
  input: OrderInput,
  answers: Answers | null,
  operation: Operation,
  nowMs: number,
): OperationTarget {
  if (isDone(target) && !isOpenQuestion(target)) return target;
  const isAnswered = target.watched?.answered === true;
  switch (input.type) {
    case "sent":
      // One that is still to leave for another start of the agent never left for the one before.
      return target.result === "pending" || (target.result === "sent" && target.sentTo !== input.bootId)
        ? leaving(target, input.bootId, input.look, operation, nowMs)
        : target;
    case "not-sent":
      if (target.result === "pending") return finalTarget(target, "failed", null, input.reason, nowMs);
      // What left once may have arrived, whatever became of later attempts.
      return target.result === "sent" ? finalTarget(target, "unknown", null, input.reason, nowMs) : target;
    case "never-left": {
      if (target.result !== "pending" && target.result !== "sent") return target;
      const undone = { ...target, sentTo: null, startedAtMs: null };
      return finalTarget(undone, "failed", null, input.reason, nowMs);
    }
    case "unknown":
      return isAnswered || isDone(target) ? target : finalTarget(target, "unknown", null, input.reason, nowMs);
    case "boot-ended":
      // Beginning anew is what was asked for, whether the agent could still say so or not.
      if (operation.verb === "reload") return finalTarget(target, "succeeded", FAULTS.SUCCESS, "began anew", nowMs);
      if (isAnswered) return target;
      // Nobody is left to ask.
      return {
        ...finalTarget(target, "unknown", null, "the agent was started anew before it answered", nowMs),
        sentTo: null,
      };
    case "answered":
      return isAnswered ? target : judged(target, answerFor(target, answers), nowMs);
  }
}

function leaving(
  target: OperationTarget,
  bootId: string,
  look: Look,
  { verb, plan }: Operation,
  nowMs: number,
): OperationTarget {
  const watched = isWatched(verb, plan.waitRunningMs) ? beforeOrder(target, look) : null;
  return { ...target, result: "sent", sentTo: bootId, startedAtMs: nowMs, watched };
}

function judged(target: OperationTarget, answer: Answer | null, nowMs: number): OperationTarget {
  // Asking once more would bring the same.
  if (answer === null)
    return { ...finalTarget(target, "unknown", null, "the answer does not mention it", nowMs), sentTo: null };
  const { code, message } = answer;
  if (code !== FAULTS.SUCCESS) return finalTarget(target, "failed", code, message, nowMs);
  if (target.watched === null) return finalTarget(target, "succeeded", code, message, nowMs);
  const watched = { ...target.watched, answered: true };
  // What was told as unknown stays so until it counts: a final result does not become an open one again.
  return { ...target, code, message, watched, result: target.result === "unknown" ? "unknown" : "waiting" };
}

/** The target with a final result. One that is unknown goes on being watched. */
export function finalTarget(
  target: OperationTarget,
  result: "succeeded" | "failed" | "unknown" | "skipped",
  code: number | null,
  message: string,
  finishedAtMs: number,
): OperationTarget {
  const watched = result === "unknown" ? target.watched : null;
  return { ...target, result, watched, code, message, finishedAtMs };
}

/** The answer for a target; null where there is none. */
function answerFor({ group, name }: OperationTarget, answers: Answers | null): Answer | null {
  const answer = answers?.get(processKey(group ?? "", name ?? ""));
  if (answer !== undefined) return answer.code === FAULTS.UNKNOWN_METHOD ? tooOld(answer.message) : answer;
  if (group !== null) return null;
  // An agent that does not know a verb refuses it for each of its processes; one that knows it answers for itself.
  const refusal = [...(answers?.values() ?? [])].find(({ code }) => code !== FAULTS.SUCCESS);
  return tooOld(refusal?.message ?? "it said nothing of it");
}

function tooOld(words: string): Answer {
  return { group: "", name: "", code: FAULTS.UNKNOWN_METHOD, message: `the agent is too old for this: ${words}` };
}
