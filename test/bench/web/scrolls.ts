// The list of all processes from its top to its end and back, sorted, filtered: frames, how long rows are missing, what the page holds.
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { WatchedPage } from "./watched-page.js";

interface Size {
  readonly rows: number;
  readonly hosts: number;
}

type Print = (label: string, text: string) => void;

const SCROLLING = fileURLToPath(new URL("scrolling.mjs", import.meta.url));

/** How long a sweep over all rows takes, as somebody pulls the scroll bar. */
const SWEEP_MS = 8_000;
/** Turns of the wheel: two screens a second for so long. */
const WHEEL_MS = 8_000;

/** Leaves nothing open. */
export async function scrolls(page: Page, url: string, { rows, hosts }: Size, print: Print): Promise<void> {
  page.setDefaultTimeout(120_000);
  const words = `${rows.toLocaleString("en")} processes`;
  const watched = await WatchedPage.watch(page, words);
  await page.addInitScript({ path: SCROLLING });
  await watched.load(`${url}/processes?sort=target`, "warm");
  const use = async (label: string, body: () => Promise<void>) => {
    await page.evaluate(() => globalThis.benchScrolling.watch());
    const { framesPerSecond, frameP99Ms, frameMaxMs, busyPercent } = await watched.during(body);
    const missing = await page.evaluate(() => globalThis.benchScrolling.longestMs());
    const { heapBytes, nodes } = await watched.held();
    print(
      label,
      `${framesPerSecond.toFixed(0)} frames/s, p99 ${frameP99Ms.toFixed(0)} ms, longest ${frameMaxMs.toFixed(0)} ms, busy ${busyPercent.toFixed(0)} %; ` +
        `rows missing for ${missing.toFixed(0)} ms at most; heap ${(heapBytes / 2 ** 20).toFixed(1)} MiB, ${nodes} nodes`,
    );
  };
  const rowsThere = () => page.waitForFunction(() => globalThis.benchScrolling.missing() === 0);
  await use("processes, by the wheel", async () => {
    await page.mouse.move(700, 600);
    for (const end = performance.now() + WHEEL_MS; performance.now() < end; ) {
      await page.mouse.wheel(0, 180);
      await sleep(100);
    }
    await rowsThere();
  });
  await use("  by a key that is held down", async () => {
    for (const end = performance.now() + WHEEL_MS; performance.now() < end; ) {
      await page.keyboard.press("PageDown");
      await sleep(33);
    }
    await rowsThere();
  });
  for (const [label, from, to] of [
    ["  pulled from the top to the end", 0, 1],
    ["  and back", 1, 0],
  ] as const) {
    let afterMs = 0;
    await use(label, async () => {
      await page.evaluate(([a, b, ms]) => globalThis.benchScrolling.sweep(a, b, ms), [from, to, SWEEP_MS] as const);
      const stopped = performance.now();
      await rowsThere();
      afterMs = performance.now() - stopped;
    });
    print("    its rows, once it was let go of", `${afterMs.toFixed(0)} ms`);
  }
  for (const [label, place] of [
    ["  to the middle at once", 0.5],
    ["  to the end at once", 1],
    ["  to the top at once", 0],
  ] as const) {
    await use(label, async () => {
      await page.evaluate((share) => window.scrollTo(0, document.documentElement.scrollHeight * share), place);
      await sleep(200);
      await rowsThere();
      await sleep(1_000);
    });
  }
  const timed = async (label: string, act: () => Promise<unknown>, shown: () => Promise<unknown>) => {
    const begun = performance.now();
    await act();
    await shown();
    print(label, `${(performance.now() - begun).toFixed(0)} ms`);
  };
  const table = page.locator('[role="table"][aria-busy="false"]');
  for (const [name, sort] of [
    ["State", "state"],
    ["In state for", "since"],
  ] as const) {
    await timed(
      `  sorted by ${sort}`,
      () => page.getByRole("columnheader", { name, exact: true }).getByRole("button").click(),
      async () => {
        await page.waitForURL(sort === "state" ? /processes$/ : /sort=since/);
        await table.waitFor();
        await rowsThere();
      },
    );
    await use("    its middle at once", async () => {
      await page.evaluate(() => window.scrollTo(0, document.documentElement.scrollHeight / 2));
      await sleep(200);
      await rowsThere();
      await sleep(1_000);
    });
  }
  await timed(
    "  narrowed to one of the names",
    () => page.getByRole("combobox", { name: /selector/i }).fill("*/sim:p0"),
    () =>
      page
        .getByText(`${hosts.toLocaleString("en")} processes`, { exact: true })
        .first()
        .waitFor(),
  );
  await page.close();
}

/** What scrolling.mjs puts into the page. */
interface Scrolling {
  /** From now on: looks at every frame whether a row in the window is still to come. */
  watch(): void;
  /** Rows in the window that have not come; 1 where there is none at all. */
  missing(): number;
  /** For how long there was one, at most, since `watch`. */
  longestMs(): number;
  /** The window over all of its height in so many ms, a step a frame. */
  sweep(from: number, to: number, ms: number): Promise<void>;
}

declare global {
  var benchScrolling: Scrolling;
}
