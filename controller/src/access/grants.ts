// Who may do what: the decision itself, pure. A grant is a role, or listed verbs, over a selector; whatever no grant covers is not
// allowed, and nothing takes away what another grant gives.
import type { AccessVerb, Role } from "@fleetvisor/proto/vocabulary/access";
import { ACCESS_VERB_NAMES, phraseOf, ROLE_VERBS } from "@fleetvisor/proto/vocabulary/access";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import { type InstanceSelection, type Labels, type Selection, selectionOf } from "../core/selection.js";
import { parseSelectors, type Selector } from "../core/selector.js";

/** A grant as it is kept: a role, or without one the listed verbs. */
export interface Grant {
  readonly id: string;
  readonly role: Role | null;
  readonly verbs: readonly AccessVerb[];
  readonly selector: string;
}

/**
 * What something would be done to. Without `instance` the fleet as a whole; without `group` and `name` the instance itself.
 * `labels` is null when they are not known: then nothing that depends on a label covers it.
 */
export interface AccessTarget {
  readonly instance: string | null;
  readonly labels: Labels | null;
  readonly group: string | null;
  readonly name: string | null;
}

export const WHOLE_FLEET: AccessTarget = { instance: null, labels: null, group: null, name: null };

/** What some grants cover. Two with one `key` cover the same. */
export interface Cover {
  readonly key: string;
  /** All there is and will be: no need to ask for each. */
  readonly everything: boolean;
  /** The only instances of which anything can be covered; null when patterns or labels decide. */
  readonly instances: ReadonlySet<string> | null;
  /** Null when nothing of the instance is covered, whatever processes it has. */
  within(instance: string, labels: Labels | null): InstanceSelection | null;
}

interface Rule<G extends Grant> {
  readonly grant: G;
  readonly verbs: ReadonlySet<AccessVerb>;
  readonly selectors: readonly Selector[];
  readonly covers: Cover;
}

/** The grants of one user, ready to decide. */
export interface Grants<G extends Grant = Grant> {
  /** Equal for grants that allow the same by the same words. */
  readonly key: string;
  readonly rules: readonly Rule<G>[];
}

export interface Explanation<G extends Grant = Grant> {
  readonly allowed: boolean;
  /** The grant that allows it; null when none does. */
  readonly grant: G | null;
  /** One line for people. */
  readonly reason: string;
}

/** Throws `invalid-argument` for a selector that cannot be granted: one that cannot be read, or that depends on a state. */
export function checkGrantSelector(text: string): void {
  if (parseSelectors(text).some((selector) => selector.states !== null)) {
    throw new FleetError(
      "invalid-argument",
      "a grant cannot depend on a state: what somebody may do must not change while a process runs",
    );
  }
}

/** The verbs of a grant. Whatever it allows, it allows to see. */
export function verbsOf({ role, verbs }: Pick<Grant, "role" | "verbs">): ReadonlySet<AccessVerb> {
  const listed: readonly AccessVerb[] = role === null ? verbs : ROLE_VERBS[role];
  return new Set(listed.length === 0 ? [] : ["read", ...listed]);
}

/** Prepares grants. One whose selector cannot be read, which only a damaged store can hold, allows nothing. */
export function readGrants<G extends Grant>(grants: readonly G[]): Grants<G> {
  const rules = grants.flatMap((grant) => {
    try {
      checkGrantSelector(grant.selector);
    } catch {
      return [];
    }
    const selectors = parseSelectors(grant.selector);
    return [{ grant, verbs: verbsOf(grant), selectors, covers: coverOf(selectors, grant.selector) }];
  });
  const words = rules.map(({ grant, verbs }) => JSON.stringify([[...verbs].sort(), grant.selector]));
  return { key: [...new Set(words)].sort().join(), rules };
}

/** What the grants let somebody do a verb to. */
export function covering(grants: Grants, verb: AccessVerb): Cover {
  const rules = grants.rules.filter(({ verbs }) => verbs.has(verb));
  const key = [...new Set(rules.map(({ grant }) => grant.selector))].sort().join(" ");
  return coverOf(
    rules.flatMap(({ selectors }) => selectors),
    key,
  );
}

/** What somebody may know of. */
export function visible(grants: Grants): Cover {
  return covering(grants, "read");
}

export function mayDo(grants: Grants, verb: AccessVerb, target: AccessTarget): boolean {
  return grants.rules.some(({ verbs, covers }) => verbs.has(verb) && coversTarget(covers, target));
}

/** Which grant decides, and why none does. Says nothing that depends on whether the target is there. */
export function explain<G extends Grant>(
  grants: Grants<G>,
  user: string,
  verb: AccessVerb,
  target: AccessTarget,
): Explanation<G> {
  const what = describeTarget(target);
  const rule = grants.rules.find(({ verbs, covers }) => verbs.has(verb) && coversTarget(covers, target));
  if (rule !== undefined) {
    const { grant } = rule;
    return { allowed: true, grant, reason: `${user} may ${phraseOf(verb)} ${what}: ${describeGrant(grant)} covers it` };
  }
  const no = `${user} may not ${phraseOf(verb)} ${what}`;
  if (grants.rules.length === 0) return { allowed: false, grant: null, reason: `${no}: ${user} has no grants` };
  const covered = grants.rules.filter(({ covers }) => coversTarget(covers, target)).map(({ grant }) => grant);
  if (covered.length > 0) {
    const given = covered.map(describeGrant).join("; ");
    return { allowed: false, grant: null, reason: `${no}: what covers it does not allow ${verb} (${given})` };
  }
  const able = grants.rules.filter(({ verbs }) => verbs.has(verb)).map(({ grant }) => grant.selector);
  const where =
    able.length === 0 ? `no grant allows ${verb} anywhere` : `${verb} is granted on ${able.join("; ")} only`;
  return { allowed: false, grant: null, reason: `${no}: no grant covers it, ${where}` };
}

/** The best name for what somebody is, for display: nothing is decided by it. */
export function rankOf(grants: Grants): Role | "none" {
  if (mayDo(grants, "administer", WHOLE_FLEET)) return "admin";
  const verbs = new Set(grants.rules.flatMap((rule) => [...rule.verbs]));
  const beyond = ACCESS_VERB_NAMES.filter((verb) => verb !== "read" && verb !== "logs");
  if (beyond.some((verb) => verbs.has(verb))) return "operator";
  return verbs.size > 0 ? "viewer" : "none";
}

export function coversTarget(cover: Cover, { instance, labels, group, name }: AccessTarget): boolean {
  if (cover.everything) return true;
  if (instance === null) return false;
  const within = cover.within(instance, labels);
  if (within === null) return false;
  return group === null || name === null ? within.itself : within.covers(group, name);
}

function coverOf(selectors: readonly Selector[], key: string): Cover {
  const everything = selectors.some(takesAll);
  const whole: Selection = selectionOf(selectors);
  // Where labels are not known, `dc!=ams` must not take an instance that may well be in ams.
  const named: Selection = selectionOf(selectors.filter(({ labels }) => labels.length === 0));
  return {
    key: everything ? "all" : key,
    everything,
    instances: whole.instances,
    within: (instance, labels) => (labels === null ? named.within(instance, {}) : whole.within(instance, labels)),
  };
}

function takesAll({ instances, labels, processes, states }: Selector): boolean {
  const anyInstance = instances.length === 0 || instances.some((glob) => glob.any);
  return anyInstance && labels.length === 0 && processes.length === 0 && states === null;
}

function describeTarget({ instance, group, name }: AccessTarget): string {
  if (instance === null) return "the whole fleet";
  return group === null || name === null ? `instance ${instance}` : formatTarget(instance, group, name);
}

export function describeGrant({ role, verbs, selector }: Grant): string {
  return `${role ?? verbs.join(",")} on ${selector}`;
}
