// fvagent under clients that are many, slow, silent, greedy or mad: everyone else is served, and memory stays where it was.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { Agent, request } from "node:http";
import type { Socket } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeResponse, encodeCall } from "@fleetvisor/proto/xmlrpc/codec";
import { eventually } from "../helpers/eventually.js";
import { program } from "../helpers/paths.js";
import { isAlive, statusNumber } from "../helpers/proc.js";
import { openSocket } from "../helpers/raw-http.js";
import { defer, type Scope } from "../helpers/scope.js";
import { type Daemon, startDaemon } from "../helpers/supervisord.js";

const MANY = `[program:many]
command = ${program("leaves-a-trail.sh")} {dir}/trail
process_name = p%(process_num)03d
numprocs = 20
autostart = false
startsecs = 0
stdout_logfile = NONE
stderr_logfile = NONE

[program:stays]
command = ${program("leaves-a-trail.sh")} {dir}/stays
startsecs = 0
`;

const openFiles = (daemon: Daemon) => readdirSync(`/proc/${daemon.pid}/fd`).length;
const memoryKb = (daemon: Daemon) => statusNumber(daemon.pid, "VmRSS");

/** How long a call takes now, in ms. */
async function callMs(daemon: Daemon): Promise<number> {
  const startMs = performance.now();
  await daemon.rpc("getState");
  return performance.now() - startMs;
}

/** So many connections, gone after the test; what they are sent back is left unread. */
async function silentSockets(t: Scope, daemon: Daemon, count: number): Promise<Socket[]> {
  const sockets = await Promise.all(Array.from({ length: count }, () => openSocket(daemon.unix)));
  for (const socket of sockets) {
    socket.on("error", () => undefined);
    socket.pause();
  }
  defer(t, () => {
    for (const socket of sockets) socket.destroy();
  });
  return sockets;
}

/** A connection and what it has heard so far. */
async function hearing(t: Scope, daemon: Daemon) {
  const [socket] = await silentSockets(t, daemon, 1);
  assert.ok(socket);
  let text = "";
  socket.on("data", (chunk: Buffer) => {
    text += chunk.toString("latin1");
  });
  socket.resume();
  return { socket, text: () => text };
}

const head = (length: number) =>
  `POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: ${length}\r\n\r\n`;

test("200 clients at once are all answered, and a program that dies meanwhile is back at once", async (t) => {
  const daemon = await startDaemon(t, { kind: "fvagent", sections: MANY });
  const filesBefore = openFiles(daemon);
  const client = async (index: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const call = (method: string, ...params: (string | number)[]) =>
      new Promise<string>((resolve, reject) => {
        const body = encodeCall(`supervisor.${method}`, params);
        const options = {
          agent,
          socketPath: daemon.unix.socketPath ?? "",
          method: "POST",
          path: "/RPC2",
          headers: { "content-type": "text/xml", "content-length": Buffer.byteLength(body) },
        };
        const outgoing = request(options, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => resolve(`${response.statusCode} ${Buffer.concat(chunks)}`));
        });
        outgoing.on("error", reject);
        outgoing.end(body);
      });
    const name = `many:p${String(index % 20).padStart(3, "0")}`;
    // Ten clients to each process: each wants it started and stopped, and hears which of the two it could not have.
    const answers = [
      await call("getAllProcessInfo"),
      await call("startProcess", name),
      await call("getProcessInfo", name),
      await call("stopProcess", name),
      await call("nothing"),
      await call("readLog", 0, 100),
    ];
    agent.destroy();
    for (const answer of answers) {
      assert.match(answer, /^200 /);
      const response = decodeResponse(answer.slice(4));
      if (!response.ok)
        assert.match(response.text, /^(ALREADY_STARTED|NOT_RUNNING|ABNORMAL_TERMINATION|UNKNOWN_METHOD)/);
    }
    return answers.length;
  };
  const before = Number((await daemon.info("stays")).pid);
  const clients = Promise.all(Array.from({ length: 200 }, (_, index) => client(index)));
  process.kill(before, "SIGKILL");
  const starts = () => readFileSync(join(daemon.dir, "stays"), "utf8").split("\n").length - 1;
  await eventually(() => starts() === 2, { withinMs: 1000, everyMs: 2 });
  assert.equal(
    (await clients).reduce((sum, each) => sum + each, 0),
    1200,
  );
  await daemon.rpc("stopProcessGroup", "many");
  await eventually(() => openFiles(daemon) <= filesBefore + 2, {
    what: "every connection is closed",
    context: () => String(openFiles(daemon)),
  });
});

test("silent, half-open and mad connections disturb nobody and leave nothing", async (t) => {
  const daemon = await startDaemon(t, { kind: "fvagent", sections: MANY });
  const filesBefore = openFiles(daemon);
  const sockets = await silentSockets(t, daemon, 200);
  const beginnings = [
    "",
    "P",
    "POST /RPC2 HTTP/1.1\r\nHost:",
    head(1000),
    `${head(1000)}<method`,
    "\0\0\0\0",
    "\x16\x03\x01\x02\x00\x01\x00",
    "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    `GET /${"x".repeat(100_000)}`,
    `X: ${"y".repeat(20_000)}\r\n`,
  ];
  for (const [index, socket] of sockets.entries()) socket.write(beginnings[index % beginnings.length] ?? "");
  // Half of them say nothing more, half of them no longer write.
  for (const [index, socket] of sockets.entries()) if (index % 20 >= 10) socket.end();
  for (let n = 0; n < 20; n++) assert.ok((await callMs(daemon)) < 500);
  for (const socket of sockets) socket.destroy();
  await eventually(() => openFiles(daemon) <= filesBefore + 1, { context: () => String(openFiles(daemon)) });
  assert.ok(isAlive(daemon.pid));
  assert.doesNotMatch(daemon.log(), /CRIT(?! Server)| ERRO /);
});

test("a body beyond 16 MiB is refused, many large ones at once cost no more than 64 MiB", async (t) => {
  const daemon = await startDaemon(t, { kind: "fvagent", sections: MANY });
  const refused = await hearing(t, daemon);
  refused.socket.write(head(16 * 1024 * 1024 + 1));
  await eventually(() => refused.text().startsWith("HTTP/1.1 413 "));

  const beforeKb = memoryKb(daemon);
  // All but the last byte of twenty bodies: 320 MB if each were kept.
  const sockets = await silentSockets(t, daemon, 20);
  const megabyte = Buffer.alloc(1024 * 1024, "x");
  for (const each of sockets) each.write(head(16 * 1024 * 1024));
  let open = sockets;
  for (let n = 0; n < 15; n++) {
    open = open.filter((each) => each.writable);
    for (const each of open) each.write(megabyte);
    await sleep(50);
  }
  await sleep(300);
  const grownKb = memoryKb(daemon) - beforeKb;
  assert.ok(grownKb < 160 * 1024, `${grownKb} kB more`);
  assert.ok((await callMs(daemon)) < 1000);
  for (const each of sockets) each.destroy();
  // And afterwards a large one is read again: the most that a call may be.
  const body = encodeCall("supervisor.sendProcessStdin", ["nobody", "x".repeat(16 * 1024 * 1024 - 1000)]);
  const reply = await eventually(async () => {
    const late = await hearing(t, daemon);
    late.socket.write(head(Buffer.byteLength(body)) + body);
    await eventually(() => late.text() !== "");
    return late.text().startsWith("HTTP/1.1 200 ") && late.text();
  });
  assert.match(reply, /BAD_NAME: nobody/);
});

test("a client that writes a byte at a time is answered, one that never reads its answers stops being read", async (t) => {
  const daemon = await startDaemon(t, { kind: "fvagent", sections: MANY });
  const slow = await hearing(t, daemon);
  const [greedy] = await silentSockets(t, daemon, 1);
  assert.ok(greedy);
  const body = encodeCall("supervisor.getState", []);
  const asked = (async () => {
    for (const byte of head(body.length) + body) {
      slow.socket.write(byte);
      await sleep(2);
    }
  })();
  // Meanwhile twenty thousand calls, whose answers would be 450 MB, from one that reads none.
  const call = encodeCall("supervisor.getAllProcessInfo", []);
  const beforeKb = memoryKb(daemon);
  const bytes = Buffer.from((head(call.length) + call).repeat(20_000));
  greedy.write(bytes);
  await sleep(1500);
  const grownKb = memoryKb(daemon) - beforeKb;
  assert.ok(grownKb < 64 * 1024, `${grownKb} kB more`);
  assert.ok((await callMs(daemon)) < 500);
  await asked;
  await eventually(() => slow.text().includes("RUNNING"));
});

test("followers that never read cost no memory and nobody's output, and hear how much they missed", async (t) => {
  const MEGABYTES = 100;
  const sections = `[program:pours]
command = ${program("pours.sh")} ${MEGABYTES}
startsecs = 0
stdout_logfile = {dir}/pours.log
stdout_logfile_maxbytes = 1MB
stdout_logfile_backups = 1
stderr_logfile = {dir}/pours.err
`;
  const daemon = await startDaemon(t, { kind: "fvagent", sections });
  const poured = () => readFileSync(join(daemon.dir, "pours.err"), "utf8").split("poured").length - 1;
  await eventually(() => readFileSync(join(daemon.dir, "pours.log"), "utf8") === "ready\n");
  // Once without followers, so that what the daemon needs for such a flood is there.
  await daemon.rpc("sendProcessStdin", "pours", "\n");
  await eventually(() => poured() === 1, { withinMs: 60_000 });
  const beforeKb = memoryKb(daemon);
  const followers = await silentSockets(t, daemon, 10);
  for (const socket of followers) socket.write("GET /logtail/pours HTTP/1.1\r\nHost: x\r\n\r\n");
  await sleep(100);
  await daemon.rpc("sendProcessStdin", "pours", "\n");
  await eventually(() => poured() === 2, { withinMs: 60_000 });
  const grownKb = memoryKb(daemon) - beforeKb;
  assert.ok(grownKb < 64 * 1024, `${grownKb} kB more`);
  assert.ok((await callMs(daemon)) < 500);
  // One of them begins to read: it hears what was kept for it, and that there was more.
  const [late] = followers;
  assert.ok(late);
  let heard = "";
  late.on("data", (chunk: Buffer) => {
    heard += chunk.toString("latin1");
  });
  late.resume();
  await eventually(() => heard.length > 500_000);
  await daemon.rpc("sendProcessStdin", "pours", "\n");
  await eventually(() => /==> \d+ bytes skipped <==/.test(heard), {
    withinMs: 60_000,
    context: () => heard.slice(-300),
  });
});

test("a program that does not read its standard input is not sent more than 16 MiB", async (t) => {
  const daemon = await startDaemon(t, { kind: "fvagent", sections: MANY });
  await eventually(async () => (await daemon.info("stays")).statename === "RUNNING");
  const beforeKb = memoryKb(daemon);
  const megabyte = "x".repeat(1024 * 1024);
  const send = () => daemon.rpc("sendProcessStdin", "stays", megabyte);
  let sent = 0;
  await assert.rejects(async () => {
    for (; sent < 40; sent++) await send();
  }, /fault 30: FAILED: stays: standard input is not read/);
  assert.equal(sent, 17);
  await assert.rejects(send(), /fault 30/);
  const grownKb = memoryKb(daemon) - beforeKb;
  assert.ok(grownKb < 100 * 1024, `${grownKb} kB more`);
  // A new life begins with an empty pipe.
  await daemon.rpc("stopProcess", "stays");
  await daemon.rpc("startProcess", "stays");
  assert.equal(await send(), true);
});
