import assert from "node:assert/strict";
import { test } from "node:test";
import { causeOf, describeEnd, reasonOf } from "./reason.js";

const quiet = {
  exitCode: null,
  exitSignal: null,
  exitExpected: null,
  spawnError: null,
  tries: 0,
  description: "",
  stoppedAtMs: null,
  pid: null,
};

test("an end is told by code or signal, and whether it was expected", () => {
  assert.equal(describeEnd({ ...quiet, exitCode: 0, exitExpected: true }), "exited with code 0");
  assert.equal(describeEnd({ ...quiet, exitCode: 3, exitExpected: false }), "exited with code 3 (unexpected)");
  assert.equal(describeEnd({ ...quiet, exitSignal: "SIGSEGV", coreDumped: true }), "ended by SIGSEGV, core dumped");
  assert.equal(describeEnd(quiet), null);
});

test("a fatal process tells its spawn error before anything else", () => {
  const process = {
    ...quiet,
    state: "FATAL" as const,
    spawnError: "can't find command '/opt/x'",
    exitCode: 1,
    tries: 0,
  };
  assert.equal(reasonOf(process), "can't find command '/opt/x'");
});

test("how a life ended says more than supervisord's general words for it", () => {
  assert.equal(causeOf("Bad exit code -1", "killed by SIGKILL"), "killed by SIGKILL");
  assert.equal(
    causeOf("Exited too quickly (process log may have details)", "exited with code 3"),
    "exited with code 3",
  );
  assert.equal(causeOf("Bad exit code 2", null), "Bad exit code 2");
  assert.equal(causeOf("can't find command '/opt/x'", "exited with code 3"), "can't find command '/opt/x'");
});

test("a process in backoff tells how often it was tried", () => {
  const process = { ...quiet, state: "BACKOFF" as const, exitCode: 1, exitExpected: false, tries: 2 };
  assert.equal(reasonOf(process), "exited with code 1 (unexpected), 2 attempts");
});

test("what simply runs or never ran has little to tell", () => {
  assert.equal(reasonOf({ ...quiet, state: "RUNNING", pid: 7 }), "");
  assert.equal(reasonOf({ ...quiet, state: "STOPPED" }), "not started");
  assert.equal(reasonOf({ ...quiet, state: "FATAL", description: "Exited too quickly" }), "Exited too quickly");
});
