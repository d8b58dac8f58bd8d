// Ctrl-C at bad moments: while nobody answers, while rows stream, while something secret is typed. fvctl ends at once with 130, says
// nothing of its insides, and the terminal is as it was.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { join } from "node:path";
import test, { type TestContext } from "node:test";
import { without } from "../helpers/needs.js";
import { FVCTL } from "../helpers/paths.js";
import { tempDir } from "../helpers/temp-dir.js";
import { atTerminal, type Step, type Typed } from "../helpers/terminal.js";

const CTRL_C = "\x03";
/** fvctl says it when it begins to ask: that others can read the file with its token. */
const ASKING = "others can read";

interface Place {
  readonly url: string;
  type(args: readonly string[], steps: readonly Step[]): Promise<Typed>;
}

async function place(t: TestContext, answer: RequestListener): Promise<Place> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  const url = `http://127.0.0.1:${address.port}`;
  const home = tempDir(t);
  mkdirSync(join(home, ".config/fleetvisor"), { recursive: true });
  const login = { token: "t", tokenId: null, user: "ann", savedAtMs: 1, plainHttp: false };
  const file = join(home, ".config/fleetvisor/credentials.json");
  writeFileSync(file, JSON.stringify({ current: url, controllers: { [url]: login } }), { mode: 0o644 });
  const env = { HOME: home, PATH: process.env.PATH ?? "" };
  return { url, type: (args, steps) => atTerminal([process.execPath, FVCTL, ...args], steps, { cwd: home, env }) };
}

function assertLeft({ code, signal, isRestored, screen }: Typed, what: string): void {
  assert.deepEqual({ code, signal, isRestored }, { code: 130, signal: null, isRestored: true }, `${what}\n${screen}`);
  assert.doesNotMatch(screen, /^ +at |defect|Error/m, what);
}

const skip = without("python3");

test("while the controller does not answer, Ctrl-C ends every command at once", { skip }, async (t) => {
  const { type } = await place(t, () => {});
  const commands = [
    "status",
    "status --watch",
    "top",
    "restart all",
    "restart all --yes",
    "tail web-1/api",
    "logs all",
    "logs -f all",
    "grep x all",
    "events -f",
    "instances",
    "operations watch 3f2a0000",
    "backup saved.db",
    "reread all",
  ];
  for (const command of commands) {
    assertLeft(await type(command.split(" "), [[ASKING, CTRL_C]]), command);
  }
});

test("while rows stream by, Ctrl-C ends them", { skip }, async (t) => {
  let page = 0;
  const { type } = await place(t, (request, response) => {
    page += 1;
    const isList = request.url?.startsWith("/api/v1/processes") === true;
    const items = Array.from({ length: isList ? 1000 : 0 }, (_, at) => ({
      target: `host-${page}/web:worker-${at}`,
      instance: `host-${page}`,
      state: "RUNNING",
      liveness: "live",
      description: `pid ${at}`,
      startedAtMs: null,
      sinceMs: 1,
      command: "",
    }));
    const list = JSON.stringify({ items, total: 1_000_000, nextCursor: "more" });
    // More than what the terminal has room for, and no end.
    setTimeout(() => response.setHeader("content-type", "application/json").end(list), page < 8 ? 0 : 500);
  });
  assertLeft(await type(["status"], [["host-4/web", CTRL_C]]), "status");
  assertLeft(await type(["status", "-o", "ndjson"], [["host-", CTRL_C]]), "status -o ndjson");
});

test("what is asked for is left by Ctrl-C, and secrets are seen again as they are typed", { skip }, async (t) => {
  const { url, type } = await place(t, () => {});
  const questions: readonly (readonly [command: readonly string[], question: string])[] = [
    [["login", url], "Code of the one-time link"],
    [["login", url, "-u", "ann"], "Password of ann: "],
    [["users", "add", "bob"], "New password of bob: "],
    [["users", "password", "bob"], "New password of bob: "],
  ];
  for (const [command, question] of questions) {
    const typed = await type(command, [
      [question, "half a sec"],
      ["", CTRL_C],
    ]);
    assertLeft(typed, command.join(" "));
    assert.ok(!typed.screen.includes("half a sec"));
  }
});
