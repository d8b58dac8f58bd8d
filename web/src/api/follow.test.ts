// What following one log and following several have in common, told of both.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeBrowser, fakeBrowser } from "./follow.fixture.js";
import { LogFollow } from "./log-follow.js";
import { LogsFollow } from "./logs-follow.js";

interface Followed {
  readonly follow: { start(): void; stop(): void; again(): void; readonly view: { readonly status: string } };
  /** The server begins to answer. */
  begins(browser: FakeBrowser): void;
  writes(browser: FakeBrowser, text: string): void;
  lines(): readonly string[];
}

const target = "web-1/api:api-0";

const KINDS: Readonly<Record<string, () => Followed>> = {
  "one log": () => {
    const follow = new LogFollow({ instance: "web-1", group: "api", name: "api-0", channel: "stdout" }, () => {});
    return {
      follow,
      begins: (browser) => browser.stream().opened(),
      writes: (browser, text) => browser.stream().says("chunk", { text, skippedBytes: 0, start: null }),
      lines: () => follow.view.buffer.rows.map((row) => row.text),
    };
  },
  "several logs": () => {
    const follow = new LogsFollow({ selector: "*/api:*", channel: "stdout" }, () => {});
    return {
      follow,
      begins(browser) {
        browser.stream().opened();
        browser.stream().says("logs", { logs: [{ target, channel: "stdout" }], total: 1, forbidden: 0 });
      },
      writes: (browser, text) =>
        browser.stream().says("chunk", { target, channel: "stdout", text, skippedBytes: 0, isTail: false }),
      lines: () => follow.view.merge.rows.map(({ row }) => row.text),
    };
  },
};

for (const [kind, make] of Object.entries(KINDS)) {
  test(`${kind}: what comes is shown with the next frame, and nothing after the end`, (t) => {
    const browser = fakeBrowser(t);
    const { follow, begins, writes, lines } = make();
    follow.start();
    begins(browser);
    writes(browser, "a\n");
    assert.deepEqual(lines(), []);
    browser.drawFrame();
    assert.deepEqual(lines(), ["a"]);
    writes(browser, "b\n");
    follow.stop();
    browser.drawFrame();
    assert.deepEqual(lines(), ["a"]);
    assert.ok(!browser.stream().isOpen);
  });

  test(`${kind}: a page hidden for long lets go of it with every line it has heard, and joins up when it is seen again`, (t) => {
    const browser = fakeBrowser(t);
    const { follow, begins, writes, lines } = make();
    follow.start();
    begins(browser);
    writes(browser, "a\n");
    browser.hide();
    t.mock.timers.tick(19_000);
    assert.ok(browser.stream().isOpen);
    t.mock.timers.tick(1_000);
    assert.ok(!browser.stream().isOpen);
    assert.equal(follow.view.status, "paused");
    assert.deepEqual(lines(), ["a"]);
    browser.show();
    assert.equal(browser.streams.length, 2);
    follow.stop();
  });

  test(`${kind}: a page that nobody has seen yet lets go of it too`, (t) => {
    const browser = fakeBrowser(t, { hidden: true });
    const { follow, begins } = make();
    follow.start();
    begins(browser);
    t.mock.timers.tick(20_000);
    assert.equal(follow.view.status, "paused");
    assert.ok(!browser.stream().isOpen);
    browser.show();
    assert.ok(browser.stream().isOpen);
    follow.stop();
  });

  test(`${kind}: connecting again by hand loses no line that waits for its frame`, (t) => {
    const browser = fakeBrowser(t);
    const { follow, begins, writes, lines } = make();
    follow.start();
    begins(browser);
    writes(browser, "a\n");
    follow.again();
    assert.deepEqual(lines(), ["a"]);
    follow.stop();
  });

  test(`${kind}: why an earlier connection was refused says nothing of the one after it`, async (t) => {
    const browser = fakeBrowser(t);
    const { follow, begins, writes, lines } = make();
    follow.start();
    browser.stream().refused();
    follow.again();
    begins(browser);
    await browser.answer(403, { error: { kind: "forbidden", message: "not yours" } });
    assert.equal(follow.view.status, "following");
    assert.ok(browser.stream().isOpen);
    writes(browser, "a\n");
    browser.drawFrame();
    assert.deepEqual(lines(), ["a"]);
    follow.stop();
  });
}
