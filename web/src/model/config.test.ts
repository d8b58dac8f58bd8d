import assert from "node:assert/strict";
import { test } from "node:test";
import { buildConfig } from "./config.js";

const option = (name: string, value: string, isMasked = false) => ({ name, value, isMasked });
const report = {
  sections: [
    {
      title: "program:api",
      options: [option("command", "/srv/api"), option("directory", ""), option("environment TOKEN", "", true)],
    },
    { title: "groups", options: [option("api", "api-0, api-1")] },
  ],
};

test("what is masked and what is not set are told apart", () => {
  const [program, groups] = buildConfig(report, "");
  assert.deepEqual(
    program?.rows.map(({ value, kind }) => [value, kind]),
    [
      ["/srv/api", "told"],
      ["not set", "unset"],
      ["set, and kept on the host", "masked"],
    ],
  );
  assert.deepEqual([program?.title, groups?.title], ["[program:api]", "groups and their processes"]);
});

test("a text narrows to options that have it in name or value, or to a section of that title", () => {
  const names = (text: string) => buildConfig(report, text).flatMap(({ rows }) => rows.map(({ name }) => name));
  assert.deepEqual(names("SRV"), ["command"]);
  assert.deepEqual(names(" token "), ["environment TOKEN"]);
  assert.deepEqual(names("program:"), ["command", "directory", "environment TOKEN"]);
  assert.deepEqual(names("nope"), []);
});
