// fvctl status on a fleet of 200 000 processes: the first rows come at once, the rest as it is asked for, and nothing is kept.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import test, { type TestContext } from "node:test";
import type { Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { cleanEnv } from "../helpers/environment.js";
import { FVCTL } from "../helpers/paths.js";
import { tempDir } from "../helpers/temp-dir.js";

const PROCESSES = 200_000;
const OF_INSTANCE = 100;

function processAt(at: number): Process {
  const instance = `host-${Math.floor(at / OF_INSTANCE)}.example`;
  const name = `worker-${at % OF_INSTANCE}`;
  return {
    target: `${instance}/web:${name}`,
    instance,
    group: "web",
    name,
    state: "RUNNING",
    liveness: "live",
    sinceMs: 1,
    pid: at,
    startedAtMs: 1,
    stoppedAtMs: null,
    exitCode: null,
    exitSignal: null,
    exitExpected: null,
    spawnError: null,
    tries: 0,
    description: `pid ${at}`,
    command: `/srv/web/current/bin/worker --queue default --number ${at}`,
    priority: 999,
    autostart: true,
    autorestart: "unexpected",
    hasStdoutLog: true,
    hasStderrLog: true,
    cpuPercent: null,
    memoryBytes: null,
  };
}

interface Server {
  readonly url: string;
  /** Pages asked for so far. */
  pages(): number;
}

/** The two lists that status asks for, made up as they are asked for. */
async function largeFleet(t: TestContext): Promise<Server> {
  let pages = 0;
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
    let answer: unknown = { items: [] };
    if (pathname === "/api/v1/processes") {
      pages += 1;
      const [from, limit] = [Number(searchParams.get("cursor") ?? 0), Number(searchParams.get("limit"))];
      const to = Math.min(PROCESSES, from + limit);
      const items = Array.from({ length: to - from }, (_, i) => processAt(from + i));
      answer = { items, total: PROCESSES, nextCursor: to === PROCESSES ? null : String(to) } satisfies ProcessList;
    }
    response.setHeader("content-type", "application/json").end(JSON.stringify(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { url: `http://127.0.0.1:${address.port}`, pages: () => pages };
}

for (const output of ["table", "json", "ndjson", "name"]) {
  test(`status -o ${output} of ${PROCESSES} processes begins with the first page and holds no more than some`, async (t) => {
    const server = await largeFleet(t);
    // All of them at once would not fit.
    const args = ["--max-old-space-size=48", FVCTL, "status", "-o", output];
    const child = spawn(process.execPath, args, {
      env: cleanEnv({ FLEETVISOR_CONTROLLER: server.url, FLEETVISOR_TOKEN: "t", HOME: tempDir(t) }),
      stdio: ["ignore", "pipe", "inherit"],
    });
    let pagesAtFirst = 0;
    let lines = 0;
    let last = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      pagesAtFirst ||= server.pages();
      lines += text.split("\n").length - 1;
      last = (last + text).slice(-1000);
    });
    const [code] = await once(child, "close");
    assert.equal(code, 0);
    assert.ok(pagesAtFirst <= 3, `${pagesAtFirst} pages were asked for before the first row was printed`);
    const linesOfItem = output === "json" ? JSON.stringify(processAt(0), null, 2).split("\n").length : 1;
    const around = { table: 1, json: 4, ndjson: 0, name: 0 }[output] ?? 0;
    assert.equal(lines, PROCESSES * linesOfItem + around);
    assert.match(last, new RegExp(`host-1999.example/web:worker-99|"pid": ${PROCESSES - 1}|--number ${PROCESSES - 1}`));
  });
}
