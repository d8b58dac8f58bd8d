// Who may make which call, and for which processes it is then made.
import assert from "node:assert/strict";
import test from "node:test";
import type { AccessVerb } from "@fleetvisor/proto/vocabulary/access";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { type Decision, decide, type ProcessName, type Sight } from "./decide.js";

const KNOWN: readonly ProcessName[] = [
  { group: "api", name: "one" },
  { group: "api", name: "two" },
  { group: "db", name: "db" },
];

/** Grants as a list of verbs on `group:name`, `group:` for all of a group, or `all`. */
function sightOf(grants: Readonly<Record<string, readonly AccessVerb[]>>): Sight {
  const may = (verb: AccessVerb, { group, name }: ProcessName) =>
    Object.entries(grants).some(
      ([on, verbs]) =>
        (on === "all" || on === `${group}:` || on === `${group}:${name}`) && (verb === "read" || verbs.includes(verb)),
    );
  return {
    user: "ann",
    instance: "web1",
    mayAll: (verb) => (verb === "read" ? grants.all !== undefined : (grants.all?.includes(verb) ?? false)),
    may,
    processes: () => KNOWN.filter((process) => may("read", process)),
  };
}

const names = (processes: readonly ProcessName[] | null) =>
  processes?.map(({ group, name }) => `${group}:${name}`) ?? "all";

function said(decision: Decision): unknown {
  return decision.type === "pass" ? names(decision.scope) : decision.text;
}

const ask = (sight: Sight, method: string, ...params: XmlRpcValue[]) =>
  said(decide({ method: `supervisor.${method}`, params }, sight));

test("who may do everything to an instance is passed on as it is", () => {
  const admin = sightOf({ all: ["start", "stop", "logs", "configure", "clear", "stdin", "signal"] });
  for (const [method, ...params] of [
    ["startProcess", "api:one"],
    ["stopProcessGroup", "nope"],
    ["stopAllProcesses"],
    ["readLog", 0, 0],
    ["shutdown"],
    ["getAllProcessInfo"],
    ["sendProcessStdin", "db", "x"],
  ] as [string, ...XmlRpcValue[]][]) {
    assert.equal(ask(admin, method, ...params), "all", method);
  }
});

test("a name that grants hide is passed on for no process at all, as one that nobody has", () => {
  const ann = sightOf({ "api:": ["stop"] });
  assert.deepEqual(ask(ann, "stopProcess", "db"), []);
  assert.deepEqual(ask(ann, "getProcessInfo", "db"), []);
  assert.deepEqual(ask(ann, "stopProcessGroup", "db"), []);
  assert.deepEqual(ask(ann, "stopProcess", "db:*"), []);
  assert.deepEqual(ask(ann, "stopProcess", "nope:nope"), []);
  assert.deepEqual(ask(ann, "stopProcess", 5), []);
  assert.deepEqual(ask(ann, "stopProcess"), []);
});

test("what is covered is passed on for just that, known to be there or not", () => {
  const ann = sightOf({ "api:": ["stop"] });
  assert.deepEqual(ask(ann, "stopProcess", "api:one"), ["api:one"]);
  assert.deepEqual(ask(ann, "stopProcess", "api:new"), ["api:new"]);
  assert.deepEqual(ask(ann, "stopProcess", "api:*"), ["api:one", "api:two"]);
  assert.deepEqual(ask(ann, "stopProcessGroup", "api"), ["api:one", "api:two"]);
  assert.deepEqual(ask(ann, "stopAllProcesses"), ["api:one", "api:two"]);
  // No whole groups where supervisord knows none: the name stays one that nobody has.
  assert.deepEqual(ask(sightOf({ "api:": ["logs"] }), "readProcessStdoutLog", "api:*"), []);
});

test("what is seen and not allowed is refused by name", () => {
  const ann = sightOf({ "api:one": ["stop"], "api:two": ["logs"], "db:db": [] });
  assert.equal(ask(ann, "stopProcess", "db"), "FAILED: ann may not stop web1/db:db");
  assert.equal(ask(ann, "stopProcess", "api:*"), "FAILED: ann may not stop web1/api:two");
  assert.equal(ask(ann, "stopAllProcesses"), "FAILED: ann may not stop web1/api:two, web1/db:db");
  assert.equal(
    ask(ann, "sendProcessStdin", "api:one", "x"),
    "FAILED: ann may not write to the standard input of web1/api:one",
  );
  assert.equal(ask(ann, "readProcessStdoutLog", "api:one", 0, 0), "FAILED: ann may not read the logs of web1/api:one");
});

test("what is done to a whole instance needs the verb on all of it, whatever it runs", () => {
  const ann = sightOf({ "api:": ["configure", "logs"], "db:": ["configure", "logs"] });
  for (const method of ["shutdown", "restart", "reloadConfig", "addProcessGroup", "removeProcessGroup", "clearLog"]) {
    assert.equal(ask(ann, method, "api"), "FAILED: ann may not configure web1 as a whole", method);
  }
  assert.equal(ask(ann, "readLog", 0, 0), "FAILED: ann may not read the logs of web1 as a whole");
  assert.equal(ask(ann, "sendRemoteCommEvent", "a", "b"), "FAILED: ann may not configure web1 as a whole");
});

test("who sees a part may ask for what is no process's, and for rows", () => {
  const ann = sightOf({ "api:": [] });
  for (const method of ["getState", "getPID", "getVersion", "getAllProcessInfo", "getAllConfigInfo"]) {
    assert.equal(ask(ann, method), "all", method);
  }
});

test("what the table does not know is no method, for an admin too", () => {
  const admin = sightOf({ all: ["configure"] });
  for (const method of ["supervisor.nope", "system.exec", "getState", "", "__proto__", "constructor"]) {
    assert.equal(said(decide({ method, params: [] }, admin)), "UNKNOWN_METHOD");
  }
});

test("the audit is told what it is about, and nothing of what was sent", () => {
  const subject = (method: string, ...params: XmlRpcValue[]) => {
    const decision = decide(
      { method: `supervisor.${method}`, params },
      sightOf({ all: ["stdin", "configure", "stop"] }),
    );
    return decision.type === "fault" ? null : decision.subject;
  };
  assert.equal(subject("sendProcessStdin", "db", "secret"), "web1/db:db");
  assert.equal(subject("stopProcess", "api:*"), "web1/api:*");
  assert.equal(subject("stopProcessGroup", "api"), "web1/api:*");
  assert.equal(subject("stopAllProcesses"), "web1");
  assert.equal(subject("addProcessGroup", "api"), "web1 api");
});
