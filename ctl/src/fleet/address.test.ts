import assert from "node:assert/strict";
import { test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { isLoopback, parseLoginAddress, requirePrivate } from "./address.js";

test("a one-time link is an address and a code, with # or ?; an address alone has none", () => {
  for (const link of [
    "http://host:9700/login#code=X-1_z",
    "http://host:9700/login?code=X-1_z",
    "host:9700/#code=X-1_z",
  ]) {
    assert.deepEqual(parseLoginAddress(link), { url: "http://host:9700", code: "X-1_z" }, link);
  }
  assert.deepEqual(parseLoginAddress("https://fleet.example/"), { url: "https://fleet.example", code: null });
  assert.deepEqual(parseLoginAddress("host:9700/login#code="), { url: "http://host:9700", code: null });
  assert.throws(() => parseLoginAddress("ftp://host"), /only http/);
});

test("a secret goes over plain http to this machine alone, unless that was agreed to", () => {
  for (const url of [
    "http://localhost:9700",
    "http://127.0.0.1",
    "http://127.9.8.7:1",
    "http://[::1]:9700",
    "https://h",
  ]) {
    assert.doesNotThrow(() => requirePrivate(url, false), url);
  }
  for (const url of ["http://h:9700", "http://10.0.0.1", "http://127.0.0.1.example:1", "http://[fe80::1]"]) {
    assert.throws(() => requirePrivate(url, false), FleetError, url);
    assert.doesNotThrow(() => requirePrivate(url, true));
  }
  assert.equal(isLoopback("127.0.0.1.example"), false);
});
