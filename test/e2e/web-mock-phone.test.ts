// Every page of the web UI on a telephone: nothing wider than the screen.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { MOCK_PAGES, preparePages } from "../helpers/mock-pages.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

test("no page is wider than a telephone", needs, async (t) => {
  const { mock, page } = await visit(t, "/login", { browser: { viewport: { width: 390, height: 844 } } });
  preparePages(mock);
  const wide: string[] = [];
  for (const { path, has } of MOCK_PAGES) {
    await page.goto(mock.url + path);
    await page.getByText(has).first().waitFor();
    const overhang = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    if (overhang > 0) wide.push(`${path}: ${overhang} px`);
  }
  assert.deepEqual(wide, []);
});
