import assert from "node:assert/strict";
import { test } from "node:test";
import { logsViewParams, NO_LOGS, parseLogsView } from "./logs-view.js";

test("the address remembers whose logs and which, and says nothing of what is usual", () => {
  const view = { selector: "web-*/api:*", channel: "both" } as const;
  assert.deepEqual(parseLogsView(logsViewParams(view)), view);
  assert.equal(logsViewParams(NO_LOGS).toString(), "");
  assert.deepEqual(parseLogsView(new URLSearchParams("channel=nope&x=1")), NO_LOGS);
});
