// What fvctl said, step by step, word for word beside what was recorded. FLEETVISOR_RECORD=1 records anew; look at the difference
// before it is kept.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { ROOT } from "./paths.js";
import type { Finished } from "./processes.js";

const FOLDER = join(ROOT, "test/fixtures/transcripts");

/** Times, pids and whatever else differs from run to run become words; columns are two spaces apart. */
function normalised(text: string, url: string): string {
  const host = new RegExp(hostname().replace(/[.\\]/g, "\\$&"), "g");
  return (
    text
      .replaceAll(url, "URL")
      .replaceAll(new URL(url).host, "HOST:PORT")
      .replace(/\bfv[tj]\d?[._][\w.-]+/g, "TOKEN")
      .replace(/^[\w-]{16}(?= {2})/gm, "ID")
      .replace(/(?<=`fvctl \w+ remove )[\w-]{16}(?=`)/g, "ID")
      .replace(/"(hash|head)": "[0-9a-f]{64}"/g, '"$1": "HASH"')
      .replace(/\d+ rows, each follows(.*) [0-9a-f]{64}/g, "N rows, each follows$1 HASH")
      .replace(/"rows": \d+/g, '"rows": "N"')
      .replace(/"agentsPort": \d+/g, '"agentsPort": "N"')
      .replace(host, "HOST")
      .replace(/\/tmp\/[^\s"/]+/g, "DIR")
      .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, "TIME")
      .replace(/,\d{3} INFO/g, " INFO")
      .replace(/uptime \d:\d\d:\d\d/g, "uptime UPTIME")
      .replace(/\b(pid:?) \d+/g, "$1 PID")
      .replace(/"(\w+Ms|pid|load|offset)": ?-?\d+(\.\d+)?/g, '"$1": "N"')
      .replace(/"(cpuPercent|\w*[bB]ytes)": ?(null|\d+(\.\d+)?)/g, '"$1": "N"')
      .replace(/"(id|operationId)": ?("[\w-]{16,36}"|\d+)/g, '"$1": "ID"')
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "OPERATION")
      .replace(/^[0-9a-f]{8}(?= {2})/gm, "OPERATION")
      .replace(/^[\w-]{16}(?= +admin)/gm, "ID")
      .replace(/^((?:web-\d\S*) +)\d{2,}$/gm, "$1PID")
      .replace(/^\d+$/gm, "PID")
      .replace(/[\d.]+ (KB|MB|GB|B)\b/g, "SIZE")
      .replace(/\b\d+(\.\d)?s\b( ago)?/g, "SPAN$2")
      .replace(/\b\d+\.\d%/g, "CPU")
      .replace(/(?<=TIME {2,})\d+(?= {2})/g, "PID")
      .replace(/(?<=SPAN {2,})\d+(?= {2})/g, "PID")
      .replace(/(?<=HOST {2,})\d+(?= {2})/g, "PID")
      .replace(/ {2,}/g, "  ")
      // A short life may end before anybody looked at its memory.
      .replace(/(?<=PID {2}SPAN {2})-(?= {2})/g, "SIZE")
      // What is used is known after the first sample.
      .replace(/(?:CPU|-) {2}(?:SIZE|-)/g, "USE")
  );
}

/** A command line, in which only names made up by the controller differ. */
function idsAsWords(line: string, url: string): string {
  return line
    .replaceAll(url, "URL")
    .replace(/\/tmp\/[^\s"/]+/g, "DIR")
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "OPERATION")
    .replace(/\b[0-9a-f]{8}(-[0-9a-f]{3})?(?= |$)/g, "OPERATION")
    .replace(/(?<=remove )[\w-]{16}/g, "ID");
}

/** One step: the command line, both channels, normalised, and the exit status. `url` is the controller's. */
export function told(args: readonly string[], { code, stdout, stderr }: Finished, url: string): string {
  const words = args.map((word) => (/^[\w./:,=-]+$/.test(word) ? word : `'${word}'`));
  const errors = stderr === "" ? "" : `--- stderr\n${stderr}`;
  return `$ fvctl ${idsAsWords(words.join(" "), url)}\n${normalised(`${stdout}${errors}`, url)}--- status ${code}\n`;
}

const STEP = /^(\$ fvctl [^\n]*)\n([{[][\s\S]*?)\n(---[\s\S]*)$/;

/** Compares steps with the recorded ones of a file, or records them. */
export function assertRecorded(name: string, steps: readonly string[]): void {
  const file = join(FOLDER, name);
  if (process.env.FLEETVISOR_RECORD === "1") {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(file, steps.join("\n"));
  }
  const recorded = recordedSteps(name);
  for (const [at, step] of steps.entries()) assertSame(step.trimEnd(), recorded[at]?.trimEnd() ?? "");
  assert.equal(recorded.length, steps.length);
}

/** The steps of a recorded file. */
export function recordedSteps(name: string): readonly string[] {
  return readFileSync(join(FOLDER, name), "utf8").split(/\n(?=\$ fvctl)/);
}

/** Word for word; of JSON everything that was recorded, since fields are added. */
function assertSame(step: string, recorded: string): void {
  const [, start = "", output = "", end = ""] = STEP.exec(step) ?? [];
  const [, , recordedOutput = "", recordedEnd = ""] = STEP.exec(recorded) ?? [];
  if (start === "" || recordedOutput === "") {
    assert.equal(step, recorded);
    return;
  }
  assert.equal(end, recordedEnd, step);
  const known = documentsIn(recordedOutput);
  assert.deepEqual(asFarAs(documentsIn(output), known), known, start);
}

/** One document, or one a line. */
function documentsIn(text: string): unknown[] {
  return (text.startsWith("{\n") ? [text] : text.split("\n")).map((document) => JSON.parse(document));
}

/** The value without what `known` has no key for. */
function asFarAs(value: unknown, known: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(known)) return value.map((each, at) => asFarAs(each, known[at]));
  if (typeof value !== "object" || value === null || typeof known !== "object" || known === null) return value;
  const kept = Object.entries(value).filter(([key]) => Object.hasOwn(known, key));
  return Object.fromEntries(kept.map(([key, each]) => [key, asFarAs(each, (known as Record<string, unknown>)[key])]));
}
