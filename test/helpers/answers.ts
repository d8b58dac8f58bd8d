// What a daemon answers to XML-RPC calls as lines of text that are equal for two daemons that behave alike.
import assert from "node:assert/strict";
import { decodeResponse, encodeCall, type XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import type { Scope } from "./scope.js";
import { type Daemon, type DaemonOptions, startDaemon } from "./supervisord.js";
import { httpRequest } from "./xmlrpc.js";

/** One question and what came of it. */
export interface Answer {
  readonly call: string;
  readonly answer: string;
}

/** An answer that differs on purpose: what each daemon says, and why ours is the better one. */
export interface Difference {
  /** Which calls, in the form `method(parameters)`. */
  readonly calls: RegExp;
  readonly theirs: RegExp;
  readonly ours: RegExp;
  readonly why: string;
}

const TIMES = new Set(["start", "stop", "now"]);

/** An entry of what became of many; they come in the order in which they are done, so in any. */
const isStatus = (value: XmlRpcValue) =>
  typeof value === "object" && !Array.isArray(value) && "description" in value && "status" in value;

/** Values that differ by nature - folders, pids, times, names of AUTO logs - as words. */
export function normalise(value: XmlRpcValue, daemon: Daemon, key = ""): XmlRpcValue {
  if (Array.isArray(value)) {
    const plain = value.map((each) => normalise(each, daemon, key));
    return value.every(isStatus) ? plain.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : plain;
  }
  if (typeof value === "object") {
    return Object.fromEntries(
      Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, each]) => [name, normalise(each, daemon, name)]),
    );
  }
  if (typeof value === "number") {
    return (TIMES.has(key) && value !== 0) || (key === "pid" && value !== 0) || value === daemon.pid ? "SOME" : value;
  }
  if (typeof value !== "string") return value;
  return value
    .replaceAll(daemon.dir, "{dir}")
    .replace(/(---test-)[a-z0-9_]{8}\.log/g, "$1XXXXXXXX.log")
    .replace(/^pid \d+, uptime \d:\d\d:\d\d$/, "pid PID, uptime H:MM:SS")
    .replace(/^[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M$/, "DATE");
}

/** POSTs a body to /RPC2. The answer is `= value`, `fault CODE TEXT` or `HTTP STATUS`. */
export async function askRaw(daemon: Daemon, body: string): Promise<string> {
  const headers = { "content-type": "text/xml", "content-length": Buffer.byteLength(body) };
  const socketPath = daemon.unix.socketPath ?? "";
  const answered = await httpRequest({ socketPath, method: "POST", path: "/RPC2", headers }, body).catch(
    (error) => error,
  );
  if (answered instanceof Error) return `no HTTP: ${answered.message}`;
  const { status, body: text } = answered;
  if (status !== 200) return `HTTP ${status}`;
  let response: ReturnType<typeof decodeResponse>;
  try {
    response = decodeResponse(text);
  } catch {
    return `no XML-RPC: ${JSON.stringify(text)}`;
  }
  if (!response.ok) return `fault ${response.code} ${normalise(response.text, daemon)}`;
  return `= ${JSON.stringify(normalise(response.value, daemon))}`;
}

/** Calls a method by its full name. */
export async function ask(daemon: Daemon, method: string, ...params: XmlRpcValue[]): Promise<Answer> {
  const shown = params.map((each) => JSON.stringify(normalise(each, daemon))).join(", ");
  return { call: `${method}(${shown})`, answer: await askRaw(daemon, encodeCall(method, params)) };
}

/** Calls several, one after the other: `[method, ...params]` each, `supervisor.` left out. */
export async function askAll(
  daemon: Daemon,
  calls: readonly (readonly [string, ...XmlRpcValue[]])[],
): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (const [method, ...params] of calls) {
    answers.push(await ask(daemon, method.includes(".") ? method : `supervisor.${method}`, ...params));
  }
  return answers;
}

/** Runs a story on the real supervisord and on fvagent at once. */
export async function onBoth<T>(
  t: Scope,
  options: Omit<DaemonOptions, "kind">,
  story: (daemon: Daemon) => Promise<T>,
): Promise<{ readonly theirs: T; readonly ours: T }> {
  const [theirs, ours] = await Promise.all([
    startDaemon(t, { ...options, kind: "supervisord" }).then(story),
    startDaemon(t, { ...options, kind: "fvagent" }).then(story),
  ]);
  return { theirs, ours };
}

/** Judges answers by a table of differences, and knows which of them were met. */
export class Judge {
  readonly #met = new Set<Difference>();

  constructor(readonly differences: readonly Difference[]) {}

  /** Fails when two answers differ and no row of the table says that they do. */
  equal(theirs: readonly Answer[], ours: readonly Answer[]): void {
    const calls = (answers: readonly Answer[]) => answers.map(({ call }) => call);
    assert.deepEqual(calls(ours), calls(theirs));
    const wrong = theirs.flatMap((their, index) => {
      const our = ours[index];
      if (our === undefined || our.answer === their.answer) return [];
      const row = this.differences.find(
        (each) => each.calls.test(their.call) && each.theirs.test(their.answer) && each.ours.test(our.answer),
      );
      if (row !== undefined) this.#met.add(row);
      return row === undefined ? [`${their.call}\n  supervisord: ${their.answer}\n  fvagent:     ${our.answer}`] : [];
    });
    assert.ok(wrong.length === 0, `${wrong.length} answers differ\n${wrong.join("\n")}`);
  }

  /** Rows of the table that no answer has met. */
  unmet(): string[] {
    return this.differences.filter((row) => !this.#met.has(row)).map(({ calls, why }) => `${calls}: ${why}`);
  }
}
