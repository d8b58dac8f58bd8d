// Logs in a browser: search and patterns, what is before the end, the place of an exit, several at once; standard input and configuration.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import type { Page } from "playwright-core";
import { seriousViolations } from "../helpers/browser.js";
import { eventually } from "../helpers/eventually.js";
import { MockFleet } from "../helpers/mock-fleet.js";
import { rotateLog, written } from "../helpers/mock-logs.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

const TARGET = "web-1/api:api-1";
const PAGE = "/instances/web-1/processes/api/api-1";

const log = (page: Page) => page.getByRole("log", { name: "Log lines" });
const lines = (from: number, to: number, word = "line") =>
  Array.from({ length: to - from }, (_, n) => `${word} ${from + n} of the log\n`).join("");

test("the log is searched by text and by pattern, and a hostile pattern is given up", needs, async (t) => {
  const fleet = new MockFleet();
  fleet.write(TARGET, `GET /a 200\nGET /b 500\nget /c 503\n${"a".repeat(200)}!\n`);
  const { page, complaints } = await visit(t, PAGE, { fleet });
  const field = page.getByRole("textbox", { name: "Search the log" });
  await field.fill("get");
  await page.getByText("3 lines", { exact: true }).waitFor();
  assert.equal(await log(page).locator("mark").count(), 3);
  await page.getByRole("button", { name: "Match case" }).click();
  await page.getByText("1 line", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Match case" }).click();
  await page.getByRole("button", { name: "Regular expression" }).click();
  await field.fill(" 5\\d\\d$");
  await page.getByText("2 lines", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Earlier hit" }).click();
  await page.getByText("2 of 2").waitFor();
  await page.getByRole("button", { name: "Only lines that match" }).click();
  await page.getByText("GET /a 200").waitFor({ state: "detached" });
  await page.getByText("GET /b 500").waitFor();
  await field.fill("(");
  await page.getByText("Unterminated group").waitFor();
  await field.fill("^(a+)+$");
  await page.getByText(/^The pattern takes too long/).waitFor();
  await field.fill("/a");
  await page.getByText("1 line", { exact: true }).waitFor();
  fleet.write(TARGET, "GET /a again\n");
  await page.getByText("2 lines", { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test("what lies before the end comes through rotated files up to the oldest line, and back", needs, async (t) => {
  const fleet = new MockFleet();
  fleet.write(TARGET, lines(0, 3_000, "oldest"));
  rotateLog(fleet, TARGET);
  fleet.write(TARGET, lines(0, 3_000, "older"));
  rotateLog(fleet, TARGET);
  fleet.write(TARGET, lines(0, 100, "now"));
  const { page, complaints } = await visit(t, PAGE, { fleet });
  await page.getByText("now 99 of the log").waitFor();
  await log(page).evaluate((element) => {
    element.scrollTop = 0;
  });
  await page.getByRole("button", { name: "Earlier", exact: true }).click();
  await page.getByText("older 2999 of the log").waitFor();
  await page.getByText("the log was rotated here").waitFor();
  await page.getByText("now 0 of the log").waitFor();
  await page.getByText(/in the rotated file \.1$/).waitFor();
  await eventually(async () => {
    await log(page).evaluate((element) => {
      element.scrollTop = 0;
    });
    return page.getByText("oldest 0 of the log").isVisible();
  });
  await page.getByText("This is the oldest line that is kept").waitFor();
  await page.getByRole("button", { name: "To the end" }).click();
  await page.getByText("now 99 of the log").waitFor();
  fleet.write(TARGET, "and it goes on\n");
  await page.getByText("and it goes on").waitFor();
  assert.deepEqual(complaints, []);
});

test("from an exit one comes to its place in the log, and is told where that is gone", needs, async (t) => {
  const fleet = new MockFleet();
  const boom = "Traceback\n  boom\n";
  fleet.write(TARGET, `${lines(0, 500, "first life")}${boom}`, "stderr");
  rotateLog(fleet, TARGET, "stderr");
  fleet.write(TARGET, `${lines(0, 500, "second life")}${boom}${lines(0, 900, "third life")}`, "stderr");
  const end = { exitCode: 1, exitExpected: false, uptimeMs: 5_000 };
  for (const stderrTail of [
    "never written\n",
    `first life 499 of the log\n${boom}`,
    `second life 499 of the log\n${boom}`,
  ]) {
    fleet.set(TARGET, { state: "EXITED", pid: null, exitCode: 1, exitExpected: false }, { ...end, stderrTail });
  }
  const { page, complaints } = await visit(t, `${PAGE}?log=stderr`, { fleet });
  await page.getByText("third life 899 of the log").waitFor();
  await page.getByText("Exits", { exact: true }).click();
  const exits = page.getByRole("table", { name: "Exits, newest first" });
  await exits.getByRole("button", { name: "In the log" }).nth(1).click();
  await page.getByText("first life 499 of the log").waitFor();
  assert.match((await log(page).locator("[data-current]").textContent()) ?? "", /boom/);
  await page.getByText("second life 0 of the log").waitFor();
  await exits.getByRole("button", { name: "In the log" }).nth(2).click();
  await page.getByText(/those lines are no longer in the log/).waitFor();
  await page.getByRole("button", { name: "Show it in the log" }).click();
  await log(page).getByText("second life 499 of the log").waitFor();
  assert.deepEqual(
    complaints.filter((words) => !words.includes("404")),
    [],
  );
});

test("a log is saved as a file, what is shown of it and the newest with rotated files", needs, async (t) => {
  const fleet = new MockFleet();
  fleet.write(TARGET, "rotated away\n");
  rotateLog(fleet, TARGET);
  fleet.write(TARGET, "current\n");
  const { page } = await visit(t, PAGE, { fleet });
  await page.getByText("current").first().waitFor();
  const save = async (what: RegExp | string) => {
    await page.getByRole("button", { name: "Download" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: what }).click(),
    ]);
    return `${file.suggestedFilename()}: ${readFileSync(await file.path(), "utf8")}`;
  };
  assert.equal(await save("What is shown here"), "web-1-api-api-1-stdout.log: current\n");
  assert.equal(await save(/rotated files included/), "web-1-api-api-1-stdout.log: rotated away\ncurrent\n");
});

test(
  "several logs on one timeline: labelled, hidden, filtered, and with a word about those left out",
  needs,
  async (t) => {
    const fleet = new MockFleet();
    fleet.write("web-1/nginx:nginx", "tail of nginx\n");
    const { page, mock, complaints } = await visit(t, "/", { fleet });
    await page.getByRole("heading", { name: "What is wrong" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("l");
    await page.getByText("Whose logs?").waitFor();
    await page
      .getByRole("combobox", { name: "Selector" })
      .or(page.getByRole("textbox", { name: "Selector" }))
      .fill("web-1/*");
    await page.keyboard.press("Enter");
    await page.waitForURL(`${mock.url}/logs?q=web-1%2F*`);
    await page.getByText("tail of nginx").waitFor();
    fleet.write("web-1/api:api-1", "half of ");
    fleet.write("web-1/nginx:nginx", "between\n");
    fleet.write("web-1/api:api-1", "a line\n");
    await log(page).getByText("half of a line").waitFor();
    const sources = page.getByRole("list", { name: "Logs on this page" });
    await sources.getByRole("button", { name: "Hide web-1/nginx", exact: true }).click();
    await log(page).getByText("between").waitFor({ state: "detached" });
    await sources.getByRole("button", { name: "Show web-1/nginx", exact: true }).click();
    await log(page).getByText("between").waitFor();
    await page.getByRole("textbox", { name: "Search the log" }).fill("half");
    await page.getByRole("button", { name: "Only lines that match" }).click();
    await log(page).getByText("between").waitFor({ state: "detached" });
    await page.waitForURL(`${mock.url}/logs?q=web-1%2F*&find=half&only=1`);
    await page.reload();
    fleet.write("web-1/api:api-1", "half past two\n");
    await log(page).locator("mark").first().waitFor();
    assert.equal(await page.getByRole("textbox", { name: "Search the log" }).inputValue(), "half");
    await page.getByRole("textbox", { name: "Search the log" }).fill("");
    await page.getByRole("button", { name: "Pause" }).click();
    fleet.write("web-1/nginx:nginx", "while paused\n");
    await page.getByText("Paused, 1 new line").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    await log(page).getByText("while paused").waitFor();
    await mock.goAway();
    await page.getByText("Reconnecting").first().waitFor();
    await mock.comeBack();
    await page.getByRole("button", { name: "Try now" }).click();
    await page.getByText("the connection was interrupted; lines may be missing here").waitFor();
    await page.goto(`${mock.url}/logs?q=*/*&channel=both`);
    await page.getByText(/more logs match: narrow the selector/).waitFor();
    await page.goto(`${mock.url}/logs?q=db-1/*`);
    await page.getByText("not followed").first().waitFor();
    await page.goto(`${mock.url}/logs?q=nope/x`);
    await page.getByText("No process matches").waitFor();
    assert.deepEqual(
      complaints.filter((words) => !/404|ERR_CONNECTION|ERR_INCOMPLETE/.test(words)),
      [],
    );
  },
);

test(
  "lines that say that they are errors are marked, and a hit stays in view among its neighbours",
  needs,
  async (t) => {
    const fleet = new MockFleet();
    fleet.write(TARGET, `${lines(0, 400)}ERROR it broke\n${lines(400, 800)}WARN nearly\n`);
    const { page, complaints } = await visit(t, PAGE, { fleet });
    await log(page).locator('[data-level="warning"]').getByText("WARN nearly").waitFor();
    await page.getByRole("textbox", { name: "Search the log" }).fill("broke");
    await page.getByRole("button", { name: "Only lines that match" }).click();
    await log(page).getByText("line 799 of the log").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Earlier hit" }).click();
    await page.getByRole("button", { name: "Only lines that match" }).click();
    await log(page).getByText("line 399 of the log").waitFor();
    await log(page).locator('[data-current][data-level="error"]').getByText("ERROR it").waitFor();
    await log(page).getByText("line 401 of the log").waitFor();
    assert.deepEqual(complaints, []);
  },
);

test("from the processes that are shown one comes to their logs", needs, async (t) => {
  const fleet = new MockFleet();
  fleet.write("web-1/nginx:nginx", "tail of nginx\n");
  const { page, mock } = await visit(t, "/processes?q=web-1%2F*", { fleet });
  await page.getByRole("main").getByRole("link", { name: "Logs", exact: true }).click();
  await page.waitForURL(`${mock.url}/logs?q=web-1%2F*`);
  await log(page).getByText("tail of nginx").waitFor();
});

test(
  "who may writes a line to the program, and is told what became of it; nobody else is offered that",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, PAGE);
    const field = page.getByRole("textbox", { name: `Text for the standard input of ${TARGET}` });
    await field.fill("reload now");
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("Sent 11 bytes").waitFor();
    assert.deepEqual(written.splice(0), [`${TARGET} reload now\n`]);
    await page.goto(`${mock.url}/instances/worker-1/processes/migrate/migrate`);
    await page.getByText("The program does not run").waitFor();
    assert.ok(await page.getByRole("button", { name: "Send" }).isDisabled());
    const grants = [{ role: "viewer" as const, verbs: [], selector: "all" }];
    const other = await visit(t, PAGE, { session: { role: "viewer", administers: false, grants } });
    await other.page.getByRole("heading", { name: "Configuration" }).waitFor();
    assert.equal(await other.page.getByRole("heading", { name: "Standard input" }).count(), 0);
    assert.deepEqual(complaints, []);
  },
);

test("whose logs are not one's to read is told so, with a way to the reason", needs, async (t) => {
  const grants = [{ role: null, verbs: ["read" as const], selector: "all" }];
  const { mock, page } = await visit(t, "/processes", { session: { role: "none", administers: false, grants } });
  await page.getByRole("button", { name: "Export" }).waitFor();
  assert.equal(await page.getByRole("main").getByRole("link", { name: "Logs", exact: true }).count(), 0);
  await page.goto(mock.url + PAGE);
  await page.getByText("This log is not yours to read").waitFor();
  await page.getByRole("link", { name: "Why not" }).click();
  await page.waitForURL(/\/access\/explain/);
});

test("the configuration is shown on demand, secrets kept on the host, and narrowed by a word", needs, async (t) => {
  const { page, complaints } = await visit(t, PAGE);
  await page.getByRole("button", { name: "Show", exact: true }).click();
  const section = page.getByRole("region", { name: "Options of [program:api]" });
  await section.getByText("/var/log/app/api.log").waitFor();
  await section.getByText("set, and kept on the host").waitFor();
  await page.getByRole("textbox", { name: "Filter options" }).fill("environment");
  await section.getByText("/var/log/app/api.log").waitFor({ state: "detached" });
  await page.getByRole("textbox", { name: "Filter options" }).fill("nope");
  await page.getByRole("button", { name: "Show every option" }).click();
  await section.getByText("/var/log/app/api.log").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  assert.deepEqual(complaints, []);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`logs in ${colorScheme} colours pass axe and fit a telephone`, needs, async (t) => {
    const fleet = new MockFleet();
    for (const target of ["web-1/nginx:nginx", "web-1/api:api-1"]) fleet.write(target, lines(0, 30));
    const { mock, page, complaints } = await visit(t, "/logs", { fleet, browser: { colorScheme } });
    await page.getByText("Whose logs?").waitFor();
    const found = await seriousViolations(page);
    await page.goto(`${mock.url}/logs?q=web-1/*&channel=both`);
    await log(page).getByText("line 29 of the log").first().waitFor();
    await page.getByRole("textbox", { name: "Search the log" }).fill("9 of");
    await log(page).locator("mark").first().waitFor();
    found.push(...(await seriousViolations(page)));
    await page.goto(mock.url + PAGE);
    await page.getByRole("textbox", { name: "Search the log" }).fill("9 of");
    await log(page).locator("mark").first().waitFor();
    found.push(...(await seriousViolations(page)));
    assert.deepEqual(found, []);
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ["/logs", "/logs?q=web-1/*&channel=both", PAGE]) {
      await page.goto(mock.url + path);
      await page.getByRole("main").waitFor();
      await page.waitForTimeout(300);
      const overhang = await page.evaluate(() => {
        const { scrollWidth, clientWidth } = document.documentElement;
        return scrollWidth - clientWidth;
      });
      assert.equal(overhang, 0, path);
    }
    assert.deepEqual(complaints, []);
  });
}
