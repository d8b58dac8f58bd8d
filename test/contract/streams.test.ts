// An event stream lasts no longer than the right to read it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { ApiToken } from "@fleetvisor/proto/api/v1";
import { controllerInside } from "../helpers/controller-inside.js";

test("a live stream ends when its token is revoked, others go on", async (t) => {
  const controller = await controllerInside(t);
  const made = async (name: string) => (await controller.api.post<ApiToken>(API_PATHS.tokens, { name })) as ApiToken;
  const open = async ({ token }: ApiToken) => {
    const answer = await fetch(new URL(API_PATHS.stream, controller.url), {
      headers: { authorization: `Bearer ${token}`, accept: "text/event-stream" },
    });
    assert.equal(answer.status, 200);
    assert.ok(answer.body !== null);
    return answer.body.getReader();
  };
  const [doomed, other] = [await made("doomed"), await made("other")];
  const [ending, going] = [await open(doomed), await open(other)];
  const { value } = await ending.read();
  assert.match(new TextDecoder().decode(value), /event: hello/);
  await going.read();

  const revoked = await fetch(new URL(apiPath("token", { id: doomed.id }), controller.url), {
    method: "DELETE",
    headers: { authorization: `Bearer ${controller.token}` },
  });
  assert.equal(revoked.status, 204);
  assert.deepEqual(await ending.read(), { done: true, value: undefined });

  const next = going.read();
  assert.equal(await Promise.race([next.then(({ done }) => done), Promise.resolve("open")]), "open");
  await going.cancel();
});
