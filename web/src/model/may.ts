// What the person may do, so that nothing is offered which would be refused. The controller decides; this only reads what it said.
import type { Session } from "@fleetvisor/proto/api/v1";
import { type AccessVerb, ROLE_VERBS } from "@fleetvisor/proto/vocabulary/access";

/** Whether some grant allows the verb on something. A controller that tells no grants is asked and refuses by itself. */
export function mayAnywhere({ grants }: Pick<Session, "grants">, verb: AccessVerb): boolean {
  return (
    grants?.some(({ role, verbs }) => (role === null ? verbs : ROLE_VERBS[role]).some((each) => each === verb)) ?? true
  );
}

/** Whether the verb may be done to a row. One that came by the live stream alone does not say: then anything granted anywhere counts. */
export function mayDo(
  row: { readonly may?: readonly AccessVerb[] },
  session: Pick<Session, "grants">,
  verb: AccessVerb,
): boolean {
  return row.may?.includes(verb) ?? mayAnywhere(session, verb);
}
