// Every file of the corpus is read exactly as the real supervisord read it: every option of every program, every parse
// message, and the exact text of the error where it was refused.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { jsonValue } from "../../agent/src/config/json.js";
import { loadConfig } from "../../agent/src/config/load.js";
import { CORPUS, pin, readings } from "../helpers/corpus.js";
import { tempDir } from "../helpers/temp-dir.js";

/**
 * Recorded readings whose error text differs on purpose: file name to our text and the reason, which can only be that
 * supervisord's text quotes something that exists in Python alone. There is none.
 */
const REWORDED: Readonly<Record<string, { readonly error: string; readonly reason: string }>> = {};

const all = readings();

test("the corpus is whole", () => {
  assert.ok(all.length > 100, `only ${all.length} readings`);
});

for (const reading of all) {
  test(`${reading.expected}: read as supervisord reads it`, (t) => {
    const root = tempDir(t);
    const { configfile, world } = pin(reading, root);
    const result = loadConfig({ configfile, overrides: {} }, world);
    const expected = JSON.parse(readFileSync(join(CORPUS, reading.expected), "utf8"));
    const mode = (reading.included ? "included" : "standalone") + (reading.plugins ? "+plugins" : "");
    const read = JSON.parse(JSON.stringify({ ...jsonValue(result), mode, env: world.env }).replaceAll(root, "{ROOT}"));
    const reworded = REWORDED[reading.expected];
    assert.deepEqual(read, reworded === undefined ? expected : { ...expected, error: reworded.error });
    if (!result.ok)
      assert.ok(
        result.errors.every(({ file }) => file !== null),
        "every error names its file",
      );
  });
}
