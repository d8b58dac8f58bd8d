// A real Chromium for tests: opened pages collect what the browser complains of, broken policies included.
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { defer, type Scope } from "./scope.js";

/** Where Debian's package `chromium` has it. */
export const CHROMIUM = "/usr/bin/chromium";

/** Nothing that dials home or depends on the machine's screen; without a sandbox only where root forbids one. */
const SWITCHES = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

/** Starts Chromium for a whole file of tests, which closes it in its `after`. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, headless: true, args: SWITCHES });
}

export interface OpenedPage {
  readonly page: Page;
  /** What the page complained of: errors on the console, exceptions, refusals by the content security policy. */
  readonly complaints: string[];
}

/** An empty page of a profile of its own, gone after the test. */
export async function openPage(t: Scope, browser: Browser, options: BrowserContextOptions = {}): Promise<OpenedPage> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: "en-GB",
    // A look in the middle of a fade would see colours that nobody is left with.
    reducedMotion: "reduce",
    ...options,
  });
  defer(t, () => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.stack ?? error.message));
  return { page, complaints };
}

/** The system asks for light or dark colours, and the page wears them: no fade from the others is under way any more. */
export async function wearColours(page: Page, colorScheme: "light" | "dark"): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor({ state: "attached" });
  await faded(page);
}

/**
 * Violations that axe calls serious or critical, one line each with the elements. `except` is a CSS selector of elements that are left
 * out: of a thousand alike some are enough, since axe takes a hundredth of a second for each.
 */
export async function seriousViolations(page: Page, except?: string): Promise<string[]> {
  await faded(page);
  const axe = new AxeBuilder({ page });
  const { violations } = await (except === undefined ? axe : axe.exclude(except)).analyze();
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" | ")}`);
}

/** Resolves when nothing fades or moves any more but what never ends: colours half way are nobody's choice. */
async function faded(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise(requestAnimationFrame);
    const ending = document
      .getAnimations()
      .filter(({ effect }) => effect?.getTiming().iterations !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}
