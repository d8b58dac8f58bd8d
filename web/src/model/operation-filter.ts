// Which operations the list shows: from the URL and back, to the question that the controller is asked, and what an operation must be for it.
import type { Operation } from "@fleetvisor/proto/api/v1";
import {
  OPERATION_STATE_NAMES,
  OPERATION_VERB_NAMES,
  type OperationState,
  type OperationVerbName,
} from "@fleetvisor/proto/vocabulary/operations";

export interface OperationFilter {
  /** Only these states; none means all. */
  readonly states: readonly OperationState[];
  readonly verb: OperationVerbName | null;
  readonly user: string;
}

export const ANY_OPERATION: OperationFilter = { states: [], verb: null, user: "" };

export function parseOperationFilter(params: URLSearchParams): OperationFilter {
  const states = (params.get("state") ?? "").split(",");
  return {
    states: OPERATION_STATE_NAMES.filter((state) => states.includes(state)),
    verb: OPERATION_VERB_NAMES.find((name) => name === params.get("verb")) ?? null,
    user: params.get("user") ?? "",
  };
}

export function operationFilterParams({ states, verb, user }: OperationFilter): URLSearchParams {
  const params = new URLSearchParams();
  if (states.length > 0) params.set("state", states.join(","));
  if (verb !== null) params.set("verb", verb);
  if (user !== "") params.set("user", user);
  return params;
}

export function isOperationFiltered(filter: OperationFilter): boolean {
  return operationFilterParams(filter).size > 0;
}

/** What to ask the controller, which narrows by one state alone: of several, the page leaves out what it did not ask for. */
export function operationQuery({ states, verb, user }: OperationFilter): Readonly<Record<string, string>> {
  const [only] = states;
  return {
    ...(only === undefined || states.length > 1 ? {} : { state: only }),
    ...(verb === null ? {} : { verb }),
    ...(user.trim() === "" ? {} : { user: user.trim() }),
  };
}

/** Whether the list shows an operation. */
export function isShown(
  { states, verb, user }: OperationFilter,
  operation: Pick<Operation, "state" | "verb" | "user">,
): boolean {
  return (
    (states.length === 0 || states.includes(operation.state)) &&
    (verb === null || verb === operation.verb) &&
    (user.trim() === "" || user.trim() === operation.user)
  );
}
