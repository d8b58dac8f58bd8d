import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf } from "./log-level.js";

test("a line that says that it is an error, in any of the usual ways, is one", () => {
  for (const line of [
    "2026-03-01 10:00:00 ERROR cannot connect",
    "2026-03-01T10:00:00Z [error] 12#12: *1 connect() failed",
    "error: no such file",
    'ts=1 level=error msg="gone"',
    '{"time":1,"level":"fatal","msg":"gone"}',
    '{"severity": "CRITICAL"}',
    "panic: runtime error: index out of range",
    "TypeError: x is not a function",
    "Uncaught RangeError: out of range",
    'Exception in thread "main" java.lang.IllegalStateException: no',
    "django.db.utils.OperationalError: could not connect",
    "Traceback (most recent call last):",
    "<err> it broke",
    "[Error] it broke",
  ])
    assert.equal(levelOf(line), "error", line);
});

test("warnings are told from errors, and the worse of both counts", () => {
  for (const line of ["WARN slow", "[warning] slow", "level=warn slow", "Warning: slow", '"level": "warning"'])
    assert.equal(levelOf(line), "warning", line);
  assert.equal(levelOf("WARNING after ERROR"), "error");
});

test("a word within a sentence says nothing", () => {
  for (const line of [
    "no error",
    "0 errors, 3 warnings",
    "GET /error 200",
    "terror and alert people",
    "level=info errors=0",
    "    at Object.<anonymous> (/app/error.js:1:1)",
    `${"x".repeat(300)} ERROR`,
    "",
  ])
    assert.equal(levelOf(line), null, line);
});
