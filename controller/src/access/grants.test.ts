// The decision core against a naive model: who may do what, what is covered, and what is said about it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ACCESS_VERB_NAMES, type AccessVerb, ROLE_VERBS, ROLES, type Role } from "@fleetvisor/proto/vocabulary/access";
import fc from "fast-check";
import {
  type AccessTarget,
  checkGrantSelector,
  covering,
  coversTarget,
  explain,
  type Grant,
  mayDo,
  rankOf,
  readGrants,
  visible,
  WHOLE_FLEET,
} from "./grants.js";

const grant = (selector: string, role: Role | null = "operator", verbs: readonly AccessVerb[] = []): Grant => ({
  id: selector,
  role,
  verbs,
  selector,
});
const process = (instance: string, group: string, name: string, labels: AccessTarget["labels"] = {}): AccessTarget => ({
  instance,
  labels,
  group,
  name,
});

test("a delegate may restart what was granted and nothing beside it", () => {
  const grants = readGrants([grant("role=web/api:*")]);
  const web = { role: "web" };
  assert.equal(mayDo(grants, "restart", process("w1", "api", "a", web)), true);
  assert.equal(mayDo(grants, "administer", process("w1", "api", "a", web)), false);
  assert.equal(mayDo(grants, "restart", process("w1", "db", "a", web)), false);
  assert.equal(mayDo(grants, "restart", process("w1", "api", "a", { role: "db" })), false);
  assert.equal(mayDo(grants, "read", { instance: "w1", labels: web, group: null, name: null }), false);
  assert.equal(mayDo(grants, "read", WHOLE_FLEET), false);
});

test("where labels are not known nothing that depends on a label is covered", () => {
  const target = process("w1", "api", "a", null);
  assert.equal(mayDo(readGrants([grant("dc!=ams/all")]), "read", target), false);
  assert.equal(mayDo(readGrants([grant("w1,dc!=ams/all")]), "read", target), false);
  assert.equal(mayDo(readGrants([grant("w1/all")]), "read", target), true);
});

test("only a selector of everything covers the fleet as a whole", () => {
  for (const selector of ["all", "*", "*/all", "*/*", "web1/x all"]) {
    assert.equal(visible(readGrants([grant(selector)])).everything, true, selector);
  }
  for (const selector of ["web*/all", "role=*/all", "*/a:*", "*/*:*", "role!=x/all"]) {
    assert.equal(visible(readGrants([grant(selector)])).everything, false, selector);
  }
});

test("a grant on a state, or one that cannot be read, is refused when it is made and allows nothing when it is there", () => {
  for (const selector of ["state=FATAL", "web1/state!=RUNNING", "web1/a:b:c", "", "[", "a/b/c"]) {
    assert.throws(() => checkGrantSelector(selector), { kind: "invalid-argument" }, selector);
    assert.equal(readGrants([grant(selector, "admin")]).rules.length, 0);
  }
});

test("any verb lets one see what it covers, and a grant without verbs nothing", () => {
  const only = readGrants([grant("w1/api:*", null, ["restart"])]);
  assert.equal(mayDo(only, "read", process("w1", "api", "a")), true);
  assert.equal(mayDo(only, "logs", process("w1", "api", "a")), false);
  assert.equal(mayDo(readGrants([grant("all", null, [])]), "read", WHOLE_FLEET), false);
});

test("the rank is that of the most that one may do", () => {
  assert.equal(rankOf(readGrants([])), "none");
  for (const role of ROLES) assert.equal(rankOf(readGrants([grant("all", role)])), role);
  assert.equal(rankOf(readGrants([grant("web1/all", "admin")])), "operator");
});

test("an explanation names the grant that decides, and says the same of what is hidden and what is not there", () => {
  const grants = readGrants([grant("web1/api:*"), grant("db1/all", "viewer")]);
  const words = (verb: AccessVerb, target: AccessTarget) => explain(grants, "ann", verb, target).reason;
  assert.equal(
    words("restart", process("web1", "api", "a")),
    "ann may restart web1/api:a: operator on web1/api:* covers it",
  );
  assert.equal(
    words("restart", process("db1", "pg", "pg")),
    "ann may not restart db1/pg:pg: what covers it does not allow restart (viewer on db1/all)",
  );
  assert.equal(
    words("restart", process("web2", "api", "a", { role: "web" })),
    words("restart", process("web2", "api", "a", null)),
  );
  assert.match(
    words("read", process("web2", "api", "a")),
    /no grant covers it, read is granted on web1\/api:\*; db1\/all only$/,
  );
  assert.equal(
    explain(readGrants([]), "bob", "read", WHOLE_FLEET).reason,
    "bob may not read the whole fleet: bob has no grants",
  );
});

// ---- against a model that knows nothing of globs, indexes or rules ---------------------------------------------------

interface ModelGrant {
  readonly role: Role | null;
  readonly verbs: readonly AccessVerb[];
  /** Null for any. */
  readonly instance: string | null;
  readonly label: { readonly key: string; readonly value: string; readonly negated: boolean } | null;
  readonly process: readonly [group: string, name: string] | null;
}

const word = fc.constantFrom("a", "b", "ab", "a*", "*b", "?");
const plain = fc.constantFrom("a", "b", "ab", "ba", "c");
const modelGrant: fc.Arbitrary<ModelGrant> = fc.record({
  role: fc.option(fc.constantFrom(...ROLES)),
  verbs: fc.subarray([...ACCESS_VERB_NAMES]),
  instance: fc.option(word),
  label: fc.option(fc.record({ key: fc.constantFrom("k", "l"), value: word, negated: fc.boolean() })),
  process: fc.option(fc.tuple(word, word)),
});
const labels = fc.option(fc.dictionary(fc.constantFrom("k", "l"), plain, { noNullPrototype: true }));
const target: fc.Arbitrary<AccessTarget> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ instance: plain, labels, group: plain, name: plain }) },
  fc.record({ instance: plain, labels, group: fc.constant(null), name: fc.constant(null) }),
  fc.constant(WHOLE_FLEET),
);

function textOf({ instance, label, process: part }: ModelGrant): string {
  const first = [
    ...(instance === null ? [] : [instance]),
    ...(label === null ? [] : [`${label.key}${label.negated ? "!=" : "="}${label.value}`]),
  ];
  return `${first.length === 0 ? "*" : first.join(",")}/${part === null ? "all" : part.join(":")}`;
}

const like = (pattern: string, text: string) =>
  new RegExp(`^${pattern.replace(/[*?]/g, (char) => (char === "*" ? ".*" : "."))}$`).test(text);

function modelCovers({ instance, label, process: part }: ModelGrant, at: AccessTarget): boolean {
  const whole = (instance === null || instance === "*") && label === null && part === null;
  if (at.instance === null) return whole;
  if (instance !== null && !like(instance, at.instance)) return false;
  if (label !== null) {
    if (at.labels === null) return false;
    const value = at.labels[label.key];
    const equal = value !== undefined && like(label.value, value);
    if (equal === label.negated) return false;
  }
  if (at.group === null || at.name === null) return part === null;
  return part === null || (like(part[0], at.group) && like(part[1], at.name));
}

function modelMay(grants: readonly ModelGrant[], verb: AccessVerb, at: AccessTarget): boolean {
  return grants.some((one) => {
    const verbs: readonly AccessVerb[] = one.role === null ? one.verbs : ROLE_VERBS[one.role];
    return verbs.length > 0 && (verb === "read" || verbs.includes(verb)) && modelCovers(one, at);
  });
}

const readModel = (grants: readonly ModelGrant[]) =>
  readGrants(grants.map((one, at) => ({ id: `${at}`, role: one.role, verbs: one.verbs, selector: textOf(one) })));

test("what is allowed, covered and explained is what the model says", () => {
  fc.assert(
    fc.property(
      fc.array(modelGrant, { maxLength: 4 }),
      fc.constantFrom(...ACCESS_VERB_NAMES),
      target,
      (model, verb, at) => {
        const grants = readModel(model);
        const expected = modelMay(model, verb, at);
        assert.equal(mayDo(grants, verb, at), expected, "mayDo");
        assert.equal(coversTarget(covering(grants, verb), at), expected, "covering");
        const { allowed, grant: decided } = explain(grants, "u", verb, at);
        assert.equal(allowed, expected, "explain");
        assert.equal(decided !== null, expected);
        if (decided !== null)
          assert.equal(mayDo(readGrants([decided]), verb, at), true, "the named grant alone allows it");
        if (expected) assert.equal(coversTarget(visible(grants), at), true, "what one may do something to one may see");
      },
    ),
    { numRuns: 3_000 },
  );
});

test("one more grant takes nothing away, and grants of one key allow the same", () => {
  fc.assert(
    fc.property(
      fc.array(modelGrant, { maxLength: 3 }),
      modelGrant,
      fc.constantFrom(...ACCESS_VERB_NAMES),
      target,
      (model, more, verb, at) => {
        const before = readModel(model);
        if (mayDo(before, verb, at)) assert.equal(mayDo(readModel([...model, more]), verb, at), true);
        const turned = readModel([...model].reverse());
        assert.equal(turned.key, before.key);
        assert.equal(visible(turned).key, visible(before).key);
        assert.equal(mayDo(turned, verb, at), mayDo(before, verb, at));
      },
    ),
    { numRuns: 1_000 },
  );
});
