// Which events a selector takes, and when they can be looked up instead of searched for.
import assert from "node:assert/strict";
import { test } from "node:test";
import { historyClauses } from "./history-filter.js";
import { type Labels, select } from "./selection.js";

const LABELS: Readonly<Record<string, Labels>> = { web1: { role: "web" }, db1: { role: "db" } };
const clauses = (text: string) => historyClauses(select(text), (instance) => LABELS[instance] ?? {});

function covers(text: string, target: string): boolean {
  const [instance = "", process] = target.split("/");
  const [group = null, name = null] = process?.split(":") ?? [];
  return clauses(text).some((clause) => clause.covers({ instance, group, name }));
}

test("only names without patterns or labels are looked up", () => {
  const exact = (text: string) => clauses(text).map((clause) => clause.exact?.length ?? null);
  assert.deepEqual(exact("web1,web2/api,worker:0"), [4]);
  assert.deepEqual(exact("web1/api:*"), [null]);
  assert.deepEqual(exact("role=web/api"), [null]);
  assert.deepEqual(exact("web1,role=web/api"), [null]);
  assert.deepEqual(exact("web*/api"), [null]);
  assert.deepEqual(exact("web1/all db1/pg"), [null, 1]);
});

test("events of an instance itself go with all its processes, not with one", () => {
  assert.equal(covers("web1/all", "web1"), true);
  assert.equal(covers("role=web", "web1"), true);
  assert.equal(covers("web1/api", "web1"), false);
  assert.equal(covers("role=web", "db1"), false);
});

test("labels of now decide, and an instance that is gone has none", () => {
  assert.equal(covers("role=web/api", "web1/api:api"), true);
  assert.equal(covers("role=web/api", "gone/api:api"), false);
  assert.equal(covers("role!=web/api", "gone/api:api"), true);
});

test("a state asks for changes to it, whatever the state of now", () => {
  const [clause] = clauses("web1/state=FATAL");
  assert.deepEqual([...(clause?.states ?? [])], ["FATAL"]);
  assert.equal(clause?.covers({ instance: "web1", group: "a", name: "b" }), true);
});
