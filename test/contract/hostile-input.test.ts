// What nobody means well with: slow, silent, many and senseless connections on both ports, and bytes of every kind for every reader of
// bytes from outside. Each is refused in words, costs nobody else anything, and leaves the controller as it was.
import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { InstanceList } from "@fleetvisor/proto/api/v1";
import { AgentMessage } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { CONTROLLER_CHANNEL } from "@fleetvisor/proto/grpc/controller-name";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Client, credentials, type StatusObject, status } from "@grpc/grpc-js";
import fc from "fast-check";
import { Access } from "../../controller/src/access/access.js";
import { Joining } from "../../controller/src/access/joining.js";
import { readBasicLogin } from "../../controller/src/api/basic-login.js";
import { HTTP_LIMITS } from "../../controller/src/api/http-server.js";
import { decodeAnswers, decodeHello, decodeReport, decodeSnapshot } from "../../controller/src/instances/decode.js";
import { Authority } from "../../controller/src/pki/authority.js";
import { MemoryStore } from "../../controller/src/store/memory.js";
import { type ControllerInside, controllerInside } from "../helpers/controller-inside.js";
import { eventually } from "../helpers/eventually.js";
import {
  changeReport,
  enrol,
  helloOf,
  newKeyAndRequest,
  openSession,
  type Papers,
  processInfo,
  reportsOf,
  ScriptedSession,
  snapshotOf,
} from "../helpers/scripted-agent.js";
import { tempDir } from "../helpers/temp-dir.js";
import { accessWorld, listenTo } from "./access-world.js";

// ---- the HTTP port ----------------------------------------------------------------------------------------------

/** A connection, and what came over it until it was closed. */
function dial(url: string): { readonly socket: Socket; readonly closed: Promise<string> } {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let text = "";
  socket.on("error", () => {});
  socket.setEncoding("latin1").on("data", (part: string) => {
    text += part;
  });
  return { socket, closed: once(socket, "close").then(() => text) };
}

const QUICK = { ...HTTP_LIMITS, headersMs: 300, requestMs: 600, idleMs: 300, lookMs: 100 };

test("connections that are silent, or send a byte now and then, are ended, and everybody else is answered meanwhile", async (t) => {
  const world = await accessWorld(t, {}, { http: QUICK });
  const token = world.admin;
  const silent = dial(world.url);
  const slowHead = dial(world.url);
  const slowBody = dial(world.url);
  const idle = dial(world.url);
  slowBody.socket.write(
    `POST ${API_PATHS.operations} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{`,
  );
  idle.socket.write("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n");
  const head = [..."GET / HTTP/1.1\r\nHost: x\r\nX-Header: something that goes on and on"];
  const drip = setInterval(() => {
    if (!slowHead.socket.destroyed) slowHead.socket.write(head.shift() ?? "x");
    if (!slowBody.socket.destroyed) slowBody.socket.write(" ");
  }, 40);
  t.after(() => clearInterval(drip));
  const all = Promise.all([silent, slowHead, slowBody, idle].map(({ closed }) => closed));
  let over = false;
  void all.then(() => {
    over = true;
  });
  do {
    assert.equal((await world.ask(API_PATHS.fleet)).status, 200);
    await sleep(50);
  } while (!over);
  const [said, slow, body, kept] = await all;
  for (const text of [said, slow, body]) assert.match(text ?? "", /^$|^HTTP\/1\.1 408 /);
  assert.match(kept ?? "", /^HTTP\/1\.1 200 /);
});

test("connections beyond the limit are closed at once, and those within it are served on", async (t) => {
  const world = await accessWorld(t, {}, { http: { ...QUICK, connections: 20, headersMs: 2_000 } });
  const silent = Array.from({ length: 60 }, () => dial(world.url));
  let ended = 0;
  for (const { closed } of silent) void closed.then(() => (ended += 1));
  await eventually(() => ended >= 40, { what: "those beyond are closed", withinMs: 5_000 });
  for (const { socket } of silent) socket.destroy();
  await eventually(async () => (await world.ask(API_PATHS.fleet)).status === 200);
});

test("one user cannot open streams without end, and one that is closed makes room for another", async (t) => {
  const world = await accessWorld(t, {}, { streams: { ofUser: 3, inAll: 5 } });
  const ann = await world.user("ann", { role: "viewer", selector: "all" });
  const own = [];
  for (let at = 0; at < 3; at++) own.push(await listenTo(t, world, API_PATHS.stream));
  const refused = await world.ask(API_PATHS.stream);
  assert.equal(refused.status, 429);
  assert.match(await refused.text(), /too many streams are open/);
  for (let at = 0; at < 2; at++) await listenTo(t, world, API_PATHS.stream, { token: ann });
  assert.equal((await world.ask(API_PATHS.stream, { token: ann })).status, 429);
  own[0]?.close();
  await eventually(async () => {
    const again = await world.ask(API_PATHS.stream);
    await again.body?.cancel();
    return again.status === 200;
  });
});

test("one user is answered so many requests at once and so many a second, and others as before", async (t) => {
  const world = await accessWorld(t);
  const ann = await world.user("ann", { role: "viewer", selector: "all" });
  const statuses = new Map<number, number>();
  for (let round = 0; round < 45 && (statuses.get(429) ?? 0) === 0; round++) {
    const answers = await Promise.all(Array.from({ length: 64 }, () => world.ask(API_PATHS.session, { token: ann })));
    for (const { status } of answers) statuses.set(status, (statuses.get(status) ?? 0) + 1);
  }
  assert.ok((statuses.get(200) ?? 0) >= 2_000, JSON.stringify([...statuses]));
  assert.ok((statuses.get(429) ?? 0) > 0, JSON.stringify([...statuses]));
  assert.equal((await world.ask(API_PATHS.session)).status, 200);
  await eventually(async () => (await world.ask(API_PATHS.session, { token: ann })).status === 200);
});

test("whatever stands in a header, a query or a body, the answer is a refusal in words and no defect", async (t) => {
  const world = await accessWorld(t);
  world.hosts({ name: "web1", processes: [{ group: "api", name: "a" }] });
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.string({ maxLength: 60 }),
    fc.constantFrom(
      "../../etc/passwd",
      "__proto__",
      "constructor",
      "%00",
      "web1/..",
      "a/b:c d",
      "*".repeat(50),
      "'; DROP TABLE user;--",
    ),
  );
  const json = fc.oneof(
    fc.json({ maxDepth: 4 }),
    text,
    fc.constantFrom(
      '{"__proto__":{"verb":"stop"}}',
      `${"[".repeat(50_000)}`,
      '{"verb":"stop","verb":"start"}',
      "\u0000",
    ),
  );
  const paths = [API_PATHS.processes, API_PATHS.events, API_PATHS.audit, API_PATHS.explain, API_PATHS.instances];
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...paths), text, text, async (path, value, other) => {
      const query = new URLSearchParams({ selector: value, cursor: other, target: value, verb: "read", since: other });
      for (const key of ["selector", "cursor", "target"]) {
        const one =
          path === API_PATHS.explain
            ? `verb=read&target=${encodeURIComponent(value)}`
            : new URLSearchParams({ [key]: query.get(key) ?? "" });
        assert.ok((await world.ask(`${path}?${one}`)).status < 500, `${path}?${one}`);
      }
      const name = encodeURIComponent(value) || "x";
      const status = (await world.ask(`/api/v1/instances/${name}/processes/${name}/x/logs/stdout`)).status;
      assert.ok([400, 404, 413, 414].includes(status), `${status} for ${name}`);
    }),
    { numRuns: 60 },
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(API_PATHS.operations, API_PATHS.users, API_PATHS.grants, API_PATHS.login),
      json,
      async (path, body) => {
        const answer = await fetch(new URL(path, world.url), {
          method: "POST",
          headers: { authorization: `Bearer ${world.admin}`, "content-type": "application/json" },
          body,
        });
        assert.ok(answer.status < 500, `${path} ${answer.status}`);
        assert.doesNotMatch(await answer.text(), /node_modules|\bat .*\.ts:/);
      },
    ),
    { numRuns: 60 },
  );
  assert.equal(world.orders.length, 0);
  assert.equal((await world.get<{ items: unknown[] }>(API_PATHS.users)).items.length, 1);
  assert.equal(Object.hasOwn(Object.prototype, "verb"), false);
});

// ---- the agents' port -------------------------------------------------------------------------------------------

/** Sends bytes as messages of a session, whatever they are. */
async function rawSession(
  controller: ControllerInside,
  papers: Papers,
  messages: readonly Uint8Array[],
): Promise<StatusObject> {
  const client = new Client(
    `127.0.0.1:${controller.grpcPort}`,
    credentials.createSsl(Buffer.from(papers.caPem), Buffer.from(papers.keyPem), Buffer.from(papers.certificatePem)),
    { ...CONTROLLER_CHANNEL, "grpc.use_local_subchannel_pool": 1, "grpc.max_send_message_length": -1 },
  );
  const bytes = (value: Uint8Array) => Buffer.from(value);
  const stream = client.makeBidiStreamRequest("/fleet.v1.Fleet/Session", bytes, (value: Buffer) => value);
  stream.on("data", () => {});
  stream.on("error", () => {});
  const ended = new Promise<StatusObject>((resolve) => stream.on("status", resolve));
  for (const message of messages) stream.write(message);
  stream.end();
  const end = await ended;
  client.close();
  return end;
}

const encode = (body: AgentMessage["body"]) => AgentMessage.encode({ body }).finish();

test("messages of random and of damaged bytes end their own session, and no other agent notices", async (t) => {
  const controller = await controllerInside(t);
  const [papers, other] = [await enrol(controller, "web1"), await enrol(controller, "web2")];
  const bystander = await openSession(t, controller, other, { hello: { name: "web2" } });
  const good = [helloOf(papers), snapshotOf(0, [processInfo()]), reportsOf(changeReport(1), changeReport(2))].map(
    encode,
  );
  const [hello = new Uint8Array(0), ...later] = good;
  const damaged = fc
    .tuple(
      fc.constantFrom(...good),
      fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { minLength: 1, maxLength: 6 }),
      fc.nat(400),
    )
    .map(([message, hits, cut]) => {
      const bytes = Uint8Array.from(message);
      for (const [at, value] of hits) bytes[at % bytes.length] = value;
      return cut < 100 ? bytes.subarray(0, cut) : bytes;
    });
  const bytes = fc.oneof(damaged, fc.uint8Array({ maxLength: 200 }));
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 4 }), fc.boolean(), async (messages, greets) => {
      const end = await rawSession(controller, papers, greets ? [hello, ...messages] : messages);
      assert.ok(![status.UNKNOWN, status.UNAVAILABLE].includes(end.code), `${end.code} ${end.details}`);
      assert.doesNotMatch(end.details, /\.ts:|node_modules/);
    }),
    { numRuns: 40 },
  );
  const large = await rawSession(controller, papers, [hello, Buffer.alloc(65 * 1024 * 1024)]);
  assert.equal(large.code, status.RESOURCE_EXHAUSTED, large.details);
  assert.equal(bystander.end, null);
  assert.ok(later.length > 0);
  const { items } = await controller.api.get<InstanceList>(API_PATHS.instances);
  assert.equal(items.find(({ name }) => name === "web2")?.liveness, "live");
  assert.doesNotMatch(controller.log(), /"level":60|TypeError|RangeError/);
});

test("an agent that greets again and again is sent away for a while, and another one is let in", async (t) => {
  const controller = await controllerInside(t);
  const [papers, other] = [await enrol(controller, "web1"), await enrol(controller, "web2")];
  const hello = encode(helloOf(papers));
  for (let time = 0; time < 130; time++) await rawSession(controller, papers, [hello]);
  const late = new ScriptedSession(t, controller, papers);
  late.send(helloOf(papers));
  const { reason, retryAfterMs } = await late.next("goodbye");
  assert.deepEqual([reason, retryAfterMs >= 10_000], ["this agent comes back too often", true]);
  await openSession(t, controller, other, { hello: { name: "web2" } });
});

test("bytes that are no TLS, no HTTP/2 and no call cost their connection alone", async (t) => {
  const controller = await controllerInside(t);
  const papers = await enrol(controller, "web1");
  const bystander = await openSession(t, controller, papers);
  const port = controller.grpcPort;
  const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
  const frame = (type: number, flags: number, stream: number, body: Buffer) =>
    Buffer.concat([Buffer.from([0, body.length >> 8, body.length & 255, type, flags, 0, 0, 0, stream]), body]);
  const rubbish = [
    Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
    Buffer.alloc(100_000, 0x16),
    Buffer.concat([Buffer.from(preface), Buffer.alloc(64, 0xff)]),
    // Settings, then headers that decompress to nothing sensible, then a reset of what never was, many times over.
    Buffer.concat([Buffer.from(preface), frame(4, 0, 0, Buffer.alloc(0)), frame(1, 5, 1, Buffer.alloc(200, 0x7f))]),
    Buffer.concat([
      Buffer.from(preface),
      frame(4, 0, 0, Buffer.alloc(0)),
      ...Array.from({ length: 2_000 }, () => frame(6, 0, 0, Buffer.alloc(8))),
      ...Array.from({ length: 2_000 }, () => frame(3, 0, 1, Buffer.alloc(4))),
    ]),
  ];
  for (const bytes of rubbish) {
    const plain = connect(port, "127.0.0.1");
    const { caPem: ca, keyPem: key, certificatePem: cert } = papers;
    const inside = connectTls({
      port,
      host: "127.0.0.1",
      ca,
      key,
      cert,
      ALPNProtocols: ["h2"],
      checkServerIdentity: () => undefined,
    });
    for (const socket of [plain, inside]) {
      socket.on("error", () => {});
      socket.on("data", () => {});
      socket.write(bytes);
      t.after(() => socket.destroy());
    }
  }
  await sleep(500);
  assert.equal(bystander.end, null);
  const second = await enrol(controller, "web2");
  await openSession(t, controller, second, { hello: { name: "web2" } });
  assert.doesNotMatch(controller.log(), /"level":60/);
});

// ---- readers of bytes from outside ------------------------------------------------------------------------------

/** Runs a reader; what it may throw is a refusal of its own words. */
function refusedAtMost<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof FleetError && error.kind !== "internal", String(error));
    return null;
  }
}

test("whatever an agent's message decodes to is read within its bounds or refused", () => {
  const wild = fc.oneof(
    fc.string({ unit: "binary", maxLength: 300 }),
    fc.constantFrom("", "__proto__", "x".repeat(20_000), "\ud800"),
  );
  const number = fc.oneof(fc.integer(), fc.double({ noNaN: false }), fc.constantFrom(0, -1, 2 ** 53, Number.NaN));
  const process = fc.record({
    group: wild,
    name: wild,
    state: wild,
    pid: number,
    sinceMs: number,
    spawnError: wild,
    description: wild,
    tries: number,
    command: wild,
    autorestart: wild,
    index: number,
  });
  fc.assert(
    fc.property(
      wild,
      wild,
      wild,
      fc.dictionary(wild, wild),
      process,
      number,
      wild,
      (name, bootId, words, labels, change, seq, from) => {
        const hello = helloOf(
          { agentId: "a", caPem: "", keyPem: "", certificatePem: "" },
          { name, bootId, labels, hostName: words, version: words, epoch: Math.abs(Math.trunc(seq)) || 0 },
        );
        if (hello.$case === "hello") {
          const read = refusedAtMost(() => decodeHello(hello.value));
          if (read !== null) assert.ok(read.hostName.length <= 255 && Number.isSafeInteger(read.seenEpoch + 1));
        }
        const snapshot = snapshotOf(seq, [processInfo(change)]);
        if (snapshot.$case === "snapshot") refusedAtMost(() => decodeSnapshot(snapshot.value));
        const info = processInfo(change);
        refusedAtMost(() =>
          decodeReport({
            seq,
            atMs: seq,
            body: { $case: "stateChange", value: { fromState: from, process: info, end: undefined, orderId: words } },
          }),
        );
        refusedAtMost(() =>
          decodeReport({ seq, atMs: seq, body: { $case: "gap", value: { firstSeq: seq, lastSeq: seq } } }),
        );
        refusedAtMost(() =>
          decodeAnswers({ orderId: words, targets: [{ group: name, name, code: seq, message: words }] }),
        );
      },
    ),
  );
});

test("signing requests, join tokens, bearer tokens and Basic logins of every kind are refused in words", async (t) => {
  const authority = await Authority.open(tempDir(t));
  const store = new MemoryStore();
  await store.start();
  const [joining, access] = [new Joining(store, authority), new Access(store)];
  const { csrDer } = await newKeyAndRequest();
  const { token } = await joining.newToken("admin", 1_000, 60_000);
  const hits = fc.array(fc.tuple(fc.nat(csrDer.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
  const refusal = (error: unknown) =>
    error instanceof FleetError && ["invalid-argument", "unauthenticated"].includes(error.kind);
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.uint8Array({ maxLength: 400 }), hits), async (input) => {
      const bytes = input instanceof Uint8Array ? input : Uint8Array.from(csrDer);
      if (!(input instanceof Uint8Array)) for (const [at, value] of input) bytes[at] = value;
      // A hit may miss: what is still a valid request makes a certificate for its own key.
      await authority
        .agentCertificate(bytes, "a-1")
        .catch((error: unknown) => assert.ok(refusal(error), String(error)));
    }),
    { numRuns: 60 },
  );
  const parts = token.split(".");
  const mangled = fc.oneof(
    fc.string({ unit: "binary", maxLength: 100 }),
    fc
      .tuple(fc.nat(3), fc.string({ maxLength: 20 }))
      .map(([at, text]) => parts.map((part, i) => (i === at ? text : part)).join(".")),
  );
  await fc.assert(
    fc.asyncProperty(mangled, fc.string({ unit: "binary", maxLength: 40 }), async (text, name) => {
      await joining
        .join({ token: text, csrDer, name })
        .catch((error: unknown) => assert.ok(refusal(error), String(error)));
      assert.equal(await access.authenticate({ authorization: `Bearer ${text}`, cookie: text }), null);
      for (const names of ["user", "user@instance"] as const) {
        readBasicLogin(`Basic ${text}`, names);
        const login = readBasicLogin(`Basic ${Buffer.from(`${name}:${text}`).toString("base64")}`, names);
        if (login !== null) assert.ok(!login.user.includes(":"));
      }
    }),
    { numRuns: 100 },
  );
});
