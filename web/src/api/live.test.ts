import assert from "node:assert/strict";
import { test } from "node:test";
import { QueryClient } from "@tanstack/react-query";
import { fakeBrowser } from "./follow.fixture.js";
import { Live } from "./live.js";

test("the live stream of a page that nobody has seen yet is let go of, and taken up when it is looked at", (t) => {
  const browser = fakeBrowser(t, { hidden: true });
  const live = new Live(new QueryClient());
  live.start();
  t.mock.timers.tick(20_000);
  assert.equal(live.state.status, "paused");
  assert.ok(!browser.stream().isOpen);
  browser.show();
  assert.equal(browser.streams.length, 2);
  live.stop();
  assert.ok(!browser.stream().isOpen);
});
