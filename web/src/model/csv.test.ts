import assert from "node:assert/strict";
import { test } from "node:test";
import { csvLine } from "./csv.js";

test("values with commas, quotes and line ends are quoted, and nothing is a formula", () => {
  assert.equal(csvLine(["a,b", 'say "x"', "two\nlines", "plain"]), '"a,b","say ""x""","two\nlines",plain\r\n');
  assert.equal(csvLine(["=1+2", "@SUM(A1)", "-x"]), "'=1+2,'@SUM(A1),'-x\r\n");
  assert.equal(csvLine([null, -9, 1.5, true]), ",-9,1.5,true\r\n");
});
