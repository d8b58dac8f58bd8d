// The keyboard alone: the palette, the letters of the pages, search and help.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seriousViolations } from "../helpers/browser.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

test("the palette finds a process by a piece of its name and goes there", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/");
  await page.getByRole("heading", { name: "What is wrong" }).waitFor();
  await page.keyboard.press("Control+k");
  const field = page.getByRole("textbox", { name: "Go to a page, host or process" });
  await field.waitFor();
  await page.getByRole("option", { name: /^Operations/ }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.type("mailer");
  await page.getByRole("option", { name: /worker-1\/mailer:mailer/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`${mock.url}/instances/worker-1/processes/mailer/mailer`);
  await field.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("the palette takes what is typed before it is there, and Escape leaves it", needs, async (t) => {
  const { page, complaints } = await visit(t, "/");
  await page.getByRole("heading", { name: "What is wrong" }).waitFor();
  await page.evaluate(async () => {
    for (const key of "kg?mail") {
      const ctrlKey = key === "k";
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, ctrlKey, bubbles: true, cancelable: true }));
      // What the first key asked for is drawn, and its code not loaded yet.
      if (ctrlKey) await new Promise(requestAnimationFrame);
    }
  });
  const field = page.getByRole("textbox", { name: "Go to a page, host or process" });
  await field.and(page.locator(":focus")).waitFor();
  assert.equal(await field.inputValue(), "g?mail");
  assert.equal(await page.getByRole("dialog", { name: "Keys" }).count(), 0);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  await field.waitFor();
  assert.equal(await field.inputValue(), "");
  assert.deepEqual(complaints, []);
});

test("g and a letter go to a page, / searches, ? tells the keys, and a text field keeps them all", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/");
  await page.getByRole("heading", { name: "What is wrong" }).waitFor();
  await page.keyboard.press("g");
  await page.keyboard.press("o");
  await page.waitForURL(`${mock.url}/operations`);
  await page.keyboard.press("/");
  await page.waitForURL(`${mock.url}/processes`);
  const box = page.getByRole("combobox", { name: "Selector" });
  await box.waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("g");
  await page.keyboard.type("o?");
  assert.equal(await box.inputValue(), "go?");
  await page.keyboard.press("Escape");
  await box.blur();
  // Until then the rows of the question before stand there in grey.
  await page.getByText("No process matches").waitFor();
  await page.keyboard.press("?");
  await page.getByRole("dialog", { name: "Keys" }).getByText("go to Operations").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  assert.match(page.url(), /\/processes/);
  assert.deepEqual(complaints, []);
});
