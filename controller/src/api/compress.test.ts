import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fastify from "fastify";
import { compressAnswers, takesGzip } from "./compress.js";

test("gzip is taken when it is named, unless its weight is nothing", () => {
  const taken = ["gzip", "br, GZIP;q=0.5", "deflate,gzip ; q=1.0"];
  const refused = [undefined, "", "br", "gzip;q=0", "gzip; q=0.000", "xgzip", "*"];
  assert.deepEqual(taken.map(takesGzip), [true, true, true]);
  assert.deepEqual(
    refused.map(takesGzip),
    refused.map(() => false),
  );
});

test("large answers of the API are compressed for who takes it, small ones and those of the gateway never", async () => {
  const app = fastify();
  compressAnswers(app);
  const rows = Array.from({ length: 2_000 }, (_, at) => ({ name: `host-${at}`, state: "RUNNING" }));
  app.get("/api/large", async () => rows);
  app.get("/api/small", async () => rows.slice(0, 3));
  app.get("/RPC2", async () => rows);
  const ask = (url: string, encoding: string) => app.inject({ url, headers: { "accept-encoding": encoding } });
  const large = await ask("/api/large", "gzip");
  assert.deepEqual([large.headers["content-encoding"], large.headers.vary], ["gzip", "accept-encoding"]);
  assert.equal(Number(large.headers["content-length"]), large.rawPayload.length);
  assert.deepEqual(JSON.parse(gunzipSync(large.rawPayload).toString()), rows);
  const plain = await ask("/api/large", "br");
  assert.deepEqual([plain.headers["content-encoding"], plain.headers.vary], [undefined, "accept-encoding"]);
  assert.deepEqual(plain.json(), rows);
  for (const url of ["/api/small", "/RPC2"]) {
    assert.equal((await ask(url, "gzip")).headers["content-encoding"], undefined, url);
  }
  await app.close();
});
