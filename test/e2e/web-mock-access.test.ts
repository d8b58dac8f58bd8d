// Access in a real Chromium against a pretended controller: tokens, users and grants, and what is not for everybody.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

test("a token is made, shown once, and revoked after a question", needs, async (t) => {
  const { page, complaints } = await visit(t, "/access");
  const form = page.getByRole("form", { name: "New token" });
  await form.getByRole("textbox", { name: "What it is for" }).fill("backup script");
  await form.getByRole("combobox", { name: "Good for" }).selectOption("a day");
  await form.getByRole("button", { name: "Make a token" }).click();
  await page.getByText("fvt_7Qm2xTz0vYb1LrKc9WdEhA4s").waitFor();
  const row = page.getByRole("row").filter({ hasText: "backup script" });
  await row.getByText("in 23h 59m").waitFor();
  await row.getByRole("button", { name: "Revoke backup script" }).click();
  await page.getByRole("dialog").getByText("Whatever uses it is refused from now on.").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Revoke" }).click();
  await row.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("a user is added, granted something, kept out, let in and deleted", needs, async (t) => {
  const { page, complaints } = await visit(t, "/access/users");
  await page.getByRole("form", { name: "New user" }).getByRole("textbox", { name: "New user" }).fill("carl");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  const row = page.getByRole("row").filter({ hasText: "carl" });
  await row.getByText("nothing").waitFor();
  const form = page.getByRole("form", { name: "New grant" });
  await form.getByRole("combobox", { name: "To" }).selectOption("carl");
  await form.getByRole("combobox", { name: "What" }).selectOption({ value: "role operator" });
  await form.getByRole("textbox", { name: "Over what (a selector)" }).fill("role=web");
  await form.getByRole("button", { name: "Grant" }).click();
  await row.getByText("operator of role=web").waitFor();
  const dialog = page.getByRole("dialog");
  await row.getByRole("button", { name: "Keep carl out" }).click();
  await dialog.getByRole("button", { name: "Keep out" }).click();
  await row.getByText("kept out").waitFor();
  await row.getByRole("button", { name: "Let in" }).click();
  await row.getByText("let in", { exact: true }).waitFor();
  await row.getByRole("button", { name: "Delete carl" }).click();
  await dialog.getByRole("button", { name: "Delete" }).click();
  await row.waitFor({ state: "detached" });
  assert.equal(await page.getByRole("button", { name: "Delete admin" }).count(), 0);
  assert.deepEqual(complaints, []);
});

test("who administers nothing finds their own access and no more", needs, async (t) => {
  const grants = [{ role: "viewer" as const, verbs: [], selector: "role=web" }];
  const { mock, page } = await visit(t, "/access", {
    session: { user: "vera", role: "viewer", administers: false, grants },
  });
  await page.getByText("viewer of role=web").waitFor();
  const parts = page.getByRole("navigation", { name: "Parts of access" }).getByRole("link");
  assert.deepEqual(await parts.allInnerTexts(), ["Yours", "Explain"]);
  await page.goto(`${mock.url}/access/users`);
  await page.getByText("This is for who administers the whole fleet.").waitFor();
  await parts.getByText("Explain").click();
  await page.getByRole("button", { name: "Explain" }).click();
  await page.getByText("role admin over all").waitFor();
  assert.equal(await page.getByRole("textbox", { name: "Who" }).count(), 0);
});
