// A browser logged in at a pretended controller; one Chromium for a file of tests.
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { launchBrowser, openPage } from "./browser.js";
import { type MockApi, type MockOptions, startMockApi } from "./mock-api.js";
import type { Scope } from "./scope.js";

let launched: Promise<Browser> | undefined;

/** For the `after` of a file of tests. */
export async function closeBrowser(): Promise<void> {
  await (await launched)?.close();
}

export interface Visit {
  readonly mock: MockApi;
  readonly page: Page;
  readonly complaints: readonly string[];
}

/** A browser logged in at a pretended controller of its own. */
export async function visit(
  t: Scope,
  path: string,
  options: MockOptions & { browser?: BrowserContextOptions } = {},
): Promise<Visit> {
  const mock = await startMockApi(t, { passwordSet: true, ...options });
  launched ??= launchBrowser();
  const { page, complaints } = await openPage(t, await launched, options.browser);
  await page.context().addCookies([mock.session()]);
  await page.goto(mock.url + path);
  return { mock, page, complaints };
}
