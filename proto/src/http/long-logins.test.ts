// Heads with a login that Python broke over several lines.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import test from "node:test";
import { isOpenHead, mendHead, mendLongLogins } from "./long-logins.js";

const head = (login: string) =>
  `GET /logtail/a HTTP/1.1\r\nHost: x\r\nAuthorization: Basic ${login}\r\nAccept: */*\r\n\r\n`;

test("a login is put on one line, and nothing else is changed", () => {
  assert.equal(mendHead(head("aaa\nbbb\ncc==")), head("aaabbbcc=="));
  for (const other of [
    head("aaaa"),
    head("aaa\n bbb"),
    head("aaa\nX: y"),
    head("aaa\n"),
    "POST / HTTP/1.1\r\n\r\nx\ny",
  ]) {
    assert.equal(mendHead(other), other);
  }
});

test("only what a follower sends is waited for, and not for ever", () => {
  assert.ok(isOpenHead("GE"));
  assert.ok(isOpenHead("GET /mainlogtail HTTP/1.1\r\n"));
  assert.ok(!isOpenHead(head("a")));
  assert.ok(!isOpenHead("GET /api/v1/fleet"));
  assert.ok(!isOpenHead("POST /RPC2"));
  assert.ok(!isOpenHead(`GET /logtail/${"a".repeat(20_000)}`));
});

test("a server hears whole requests, whatever pieces they come in, and others as they are", async (t) => {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      heard.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""} ${body}`.trim());
      response.end("ok");
    });
  });
  const letGo = mendLongLogins(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    letGo();
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const send = (...pieces: string[]) =>
    new Promise<string>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      let text = "";
      socket.on("data", (chunk) => {
        text += chunk;
      });
      socket.on("close", () => resolve(text));
      socket.on("error", () => {});
      const next = () => {
        const piece = pieces.shift();
        if (piece !== undefined) socket.write(piece, () => setTimeout(next, 5));
      };
      next();
      setTimeout(() => socket.end(), 300);
    });
  const long = head("aaa\nbbb\ncc==");
  assert.match(await send(long), /^HTTP\/1.1 200/);
  assert.match(await send(...long.split(/(?<=\n)/)), /^HTTP\/1.1 200/);
  assert.match(await send("POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nbody\n"), /^HTTP\/1.1 200/);
  // Two on one connection.
  const both = await send(head("aa\nbb"), head("cccc"));
  assert.equal(both.match(/HTTP\/1.1 200/g)?.length, 2);
  assert.deepEqual(heard, [
    "GET /logtail/a Basic aaabbbcc==",
    "GET /logtail/a Basic aaabbbcc==",
    "POST /RPC2  body",
    "GET /logtail/a Basic aabb",
    "GET /logtail/a Basic cccc",
  ]);
  // A connection that is held back does not keep the server from closing.
  const held = connect(port, "127.0.0.1");
  held.write("GET /log");
  held.on("error", () => {});
  await new Promise((resolve) => setTimeout(resolve, 50));
  letGo();
  await new Promise((resolve) => held.once("close", resolve));
});
