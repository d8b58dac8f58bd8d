import assert from "node:assert/strict";
import { test } from "node:test";
import { applied, isWhole, itemAt, type Known, lookupOf, suggest } from "./suggest.js";

const KNOWN: Known = {
  instances: [
    { name: "web-1", labels: { role: "web", dc: "ams" } },
    { name: "web-2", labels: { role: "web", dc: "fra" } },
    { name: "db-1", labels: { role: "db" } },
  ],
  processes: [
    { group: "api", name: "api-0" },
    { group: "api", name: "api-1" },
    { group: "websocket", name: "websocket" },
  ],
};

/** Suggestions at the bar. */
function at(text: string): readonly string[] {
  const caret = text.indexOf("|");
  const item = itemAt(text.replace("|", ""), caret);
  return suggest(item, KNOWN).map(({ kind, text: word }) => `${kind} ${word}`);
}

test("a first piece may be a host, a label, a group or a process", () => {
  assert.deepEqual(at("web|"), ["instance web-1/", "instance web-2/", "group websocket:*", "process websocket"]);
  assert.deepEqual(at("ro|"), ["label role="]);
  assert.deepEqual(at("st|"), ["state state="]);
});

test("before the slash only hosts and labels fit, after it only processes and states", () => {
  assert.deepEqual(at("d|/api:*"), ["instance db-1", "label dc="]);
  assert.deepEqual(at("web-1/ap|"), ["group api:*", "process api:api-0", "process api:api-1"]);
  assert.deepEqual(at("web-1/api,st|"), ["state state="]);
  assert.deepEqual(at("web-1/api:api-0 db|"), ["instance db-1/"], "a new word begins anew");
});

test("after a label its values, after state the states, each with the sign that was typed", () => {
  assert.deepEqual(at("role=|"), ["value role=db", "value role=web"]);
  assert.deepEqual(at("web-*,dc!=am|/x"), ["value dc!=ams"]);
  assert.deepEqual(at("state=fa|"), ["state state=FATAL"]);
  assert.deepEqual(at("web-1/state!=stop|"), ["state state!=STOPPED", "state state!=STOPPING"]);
  assert.deepEqual(at("role=web|"), [], "whole already");
});

test("a group and a colon lead to its processes", () => {
  assert.deepEqual(at("api:|"), ["group api:*", "process api:api-0", "process api:api-1"]);
  assert.deepEqual(at("web-1/api:api-1|"), []);
});

test("patterns are for their author to finish, and characters of the grammar are taken literally", () => {
  assert.deepEqual(at("web-*|"), []);
  const odd = { instances: [{ name: "a b/c", labels: {} }], processes: [] };
  assert.deepEqual(suggest(itemAt("a", 1), odd).at(0)?.text, "a\\ b\\/c/");
  assert.deepEqual(itemAt("a\\ b/x", 5), { from: 5, to: 6, part: "processes", typed: "", scope: "a\\ b" });
});

test("a suggestion takes the place of the whole item and leaves the rest", () => {
  const item = itemAt("web-1/ap,state=FATAL db", 8);
  const [first] = suggest(item, KNOWN);
  assert.ok(first !== undefined);
  assert.deepEqual(applied("web-1/ap,state=FATAL db", item, first), { text: "web-1/api:*,state=FATAL db", caret: 11 });
});

test("the controller is asked for processes where some may follow, within the hosts that were typed", () => {
  const lookup = (text: string) => lookupOf(itemAt(text, text.length));
  assert.equal(lookup("api"), "*/*api*:*,*:*api*");
  assert.equal(lookup("role=web/"), "role=web/*:*");
  assert.equal(lookup("web-1/api:a"), "web-1/api*:a*");
  assert.equal(lookup("role=w"), null);
  assert.equal(lookup(""), null);
});

test("who pauses within a term is not at its end", () => {
  for (const text of ["role=", "web-1/", "web-1,", "state=FA", "web-1/api,state!=stop"])
    assert.ok(!isWhole(text), text);
  for (const text of ["", "role=web", "web-1/api:", "state=fatal", "state=BROKEN", "estate=x", "a\\/"]) {
    assert.ok(isWhole(text), text);
  }
});
