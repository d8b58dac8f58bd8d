// The pages of access and of the controller in a real Chromium against a pretended controller, and what is not for everybody.
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

test(
  "one line adds hosts: it names the controller and carries a token for as many as were asked for",
  needs,
  async (t) => {
    const { page, complaints } = await visit(t, "/access/hosts");
    const form = page.getByRole("form", { name: "New join token" });
    await form.getByRole("textbox", { name: "Address of this controller" }).fill("fleet.example");
    await form.getByRole("textbox", { name: "Hosts" }).fill("none");
    assert.equal(await form.getByRole("button", { name: "Make a join token" }).isDisabled(), true);
    await form.getByRole("textbox", { name: "Hosts" }).fill("20");
    await form.getByRole("combobox", { name: "Good for" }).selectOption("a week");
    await form.getByRole("button", { name: "Make a join token" }).click();
    const line = page.getByText(/controller = fleet\.example:9701.*FLEETVISOR_JOIN_TOKEN=fvj_\S+ fvagent -c/);
    await line.waitFor();
    await page.getByRole("button", { name: "Copy command" }).click();
    assert.deepEqual(complaints, []);
  },
);

test("somebody's password is set in a dialog, and only one that is long enough", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/access/users");
  await page.getByRole("button", { name: "Set the password of bob" }).click();
  const dialog = page.getByRole("dialog", { name: "Set the password of bob" });
  const set = dialog.getByRole("button", { name: "Set password" });
  await dialog.getByLabel(/New password/).fill("short");
  assert.equal(await set.isDisabled(), true);
  await dialog.getByLabel(/New password/).fill("long enough");
  await set.click();
  await dialog.waitFor({ state: "detached" });
  assert.equal(mock.asked.get("POST /api/v1/users/:user/password"), 1);
  assert.deepEqual(complaints, []);
});

test(
  "the audit says that it holds, is narrowed by the address, and shows a way out of what fits nothing",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/access/audit?outcome=refused");
    await page.getByText("All 130 rows are as they were written").waitFor();
    assert.equal(mock.asked.get("GET /api/v1/audit/check"), 2, "part after part");
    const rows = page.getByRole("table", { name: "Audit" }).getByRole("row");
    await rows.nth(1).waitFor();
    assert.equal(await rows.filter({ hasText: "refused" }).count(), (await rows.count()) - 1);
    const search = page.getByRole("form", { name: "Search the audit" });
    await search.getByRole("combobox", { name: "Outcome" }).selectOption("done");
    await page.waitForURL(/outcome=done/);
    await search.getByRole("textbox", { name: "User" }).fill("eve");
    await page.getByText("No row fits").waitFor();
    await page.waitForURL(/user=eve/);
    await page.getByRole("button", { name: "Show every row" }).click();
    await rows.nth(50).waitFor();
    assert.equal(await search.getByRole("textbox", { name: "User" }).inputValue(), "");
    await page.getByRole("button", { name: "Check again" }).click();
    await page.getByText("All 130 rows are as they were written").waitFor();
    assert.deepEqual(complaints, []);
  },
);

test("a question is in the address, and answered with the grant that decides", needs, async (t) => {
  const { page, complaints } = await visit(t, "/access/explain?verb=restart");
  await page.getByText("By the grant admin of all, given by admin.").waitFor();
  await page.getByRole("textbox", { name: "Who" }).fill("ann");
  await page.getByRole("textbox", { name: "To what" }).fill("web-1/api:api-0");
  await page.getByRole("button", { name: "Explain" }).click();
  await page.waitForURL(/user=ann/);
  await page.getByText("ann may not restart web-1/api:api-0").waitFor();
  assert.deepEqual(complaints, []);
});

test(
  "the controller's page says what is kept and when it goes; to others it says that it is not for them",
  needs,
  async (t) => {
    const { page, complaints } = await visit(t, "/controller");
    const events = page.getByRole("table", { name: "Rows by kind" }).getByRole("row", { name: /Events of history/ });
    await events.getByText("90 days, at most 10,000,000").waitFor();
    await events.getByText("in 12d 0h").waitFor();
    await page.getByText(/by fvcontroller backup/).waitFor();
    assert.equal(
      await page.getByRole("link", { name: "Download the database" }).getAttribute("href"),
      "/api/v1/backup",
    );
    assert.deepEqual(complaints, []);
  },
);

test("the pages of access and controller speak Russian", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/login");
  await page.evaluate(() => localStorage.setItem("fleetvisor-language", "ru"));
  for (const [path, has] of [
    ["/access", "Ваши API-токены"],
    ["/access/users", "Выдать право"],
    ["/access/audit", "Все 130 записей такие, какими были записаны"],
    ["/access/hosts", "ещё 3 узла из 5"],
    ["/access/explain?verb=restart", "По праву «администратор на all», выдал admin."],
    ["/controller", "около 1 204 551"],
  ] as const) {
    await page.goto(mock.url + path);
    await page.getByText(has).first().waitFor();
  }
  assert.deepEqual(complaints, []);
});

test("links to pages and to parts of a page stay where they are when another is chosen", needs, async (t) => {
  const { page } = await visit(t, "/access");
  const places = () =>
    page
      .getByRole("navigation")
      .getByRole("link")
      .evaluateAll((all) => all.map((link) => `${link.textContent} ${Math.round(link.getBoundingClientRect().left)}`));
  await page.getByText("fvctl on a laptop").waitFor();
  const first = await places();
  await page.getByRole("link", { name: "Tokens and sessions" }).click();
  await page.getByText("Everybody's sessions").waitFor();
  assert.deepEqual(await places(), first);
  await page.getByRole("link", { name: "Operations", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Operations" }).waitFor();
  assert.deepEqual(await places(), first.slice(0, (await places()).length));
});
