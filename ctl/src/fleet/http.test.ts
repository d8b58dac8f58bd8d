// Requests and answers over real connections, whole and broken.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { gzipSync } from "node:zlib";
import { sendHttp } from "./http.js";

async function served(t: TestContext, answer: RequestListener): Promise<URL> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return new URL(`http://127.0.0.1:${address.port}/x`);
}

test("an answer is its status, its headers and its text, packed or not; a redirect is an answer too", async (t) => {
  const seen: string[] = [];
  const url = await served(t, async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    seen.push(`${request.method} ${request.headers["content-length"] ?? "-"} ${Buffer.concat(chunks)}`);
    if (request.method === "POST") response.writeHead(302, { location: "http://elsewhere/" }).end("moved");
    else response.writeHead(200, { "content-encoding": "gzip", "x-a": "b" }).end(gzipSync("grüße"));
  });
  const got = await sendHttp(url, { method: "GET", headers: {} });
  assert.deepEqual(
    [got.status, got.ok, got.header("x-a"), got.header("none"), await got.text()],
    [200, true, "b", "", "grüße"],
  );
  const posted = await sendHttp(url, { method: "POST", headers: {}, body: '{"ü":1}' });
  assert.deepEqual([posted.status, posted.ok, await posted.text()], [302, false, "moved"]);
  assert.deepEqual(seen, ["GET - ", 'POST 8 {"ü":1}']);
});

test("nobody there, a connection cut before and within an answer, and an interruption are failures", async (t) => {
  let cuts = "before";
  const url = await served(t, (request, response) => {
    if (cuts === "before") request.socket.destroy();
    if (cuts === "within")
      response.writeHead(200, { "content-length": "10" }).write("half", () => request.socket.destroy());
  });
  const ask = (signal?: AbortSignal) => sendHttp(url, { method: "GET", headers: {}, signal });
  await assert.rejects(ask(), { code: "ECONNRESET" });
  cuts = "within";
  const half = await ask();
  await assert.rejects(half.text(), { code: "ECONNRESET" });
  cuts = "never";
  await assert.rejects(ask(AbortSignal.timeout(50)), { name: /AbortError|TimeoutError/ });
  await assert.rejects(sendHttp(new URL("http://127.0.0.1:1/"), { method: "GET", headers: {} }), {
    code: "ECONNREFUSED",
  });
});
