import assert from "node:assert/strict";
import { test } from "node:test";
import { logsViewParams, NO_LOGS, parseLogsView } from "./logs-view.js";

test("the address remembers whose logs and which, and says nothing of what is usual", () => {
  const view = { ...NO_LOGS, selector: "web-*/api:*", channel: "both" } as const;
  assert.deepEqual(parseLogsView(logsViewParams(view)), view);
  assert.equal(logsViewParams(NO_LOGS).toString(), "");
  assert.deepEqual(parseLogsView(new URLSearchParams("channel=nope&x=1")), NO_LOGS);
});

test("the address remembers what is looked for, as it was typed, and how", () => {
  for (const wanted of [
    { text: " 5\\d\\d ", isPattern: true, matchCase: false },
    { text: "Timeout & more", isPattern: false, matchCase: true },
    { text: "", isPattern: true, matchCase: false },
  ]) {
    const view = { ...NO_LOGS, selector: "*/*", wanted, only: wanted.matchCase };
    assert.deepEqual(parseLogsView(new URLSearchParams(logsViewParams(view).toString())), view);
  }
});
