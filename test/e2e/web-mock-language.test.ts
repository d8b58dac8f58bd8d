// The page in Russian: chosen at the login, kept by the browser, and worked by a Cyrillic keyboard.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { seriousViolations } from "../helpers/browser.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

test(
  "the language is chosen before the login, holds after it, and is chosen anew in the account menu",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/login");
    await page.getByRole("combobox", { name: "Language" }).selectOption({ label: "Русский" });
    await page.getByRole("textbox", { name: "Пароль" }).fill("correct horse");
    assert.equal(await page.evaluate(() => document.documentElement.lang), "ru");
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByRole("button", { name: "Войти" }).click();
    await page.getByRole("heading", { level: 1, name: "1 процесс не удалось запустить, 1 узел потерян" }).waitFor();
    await page.getByText("Работают 22 из 30 процессов на 4 узлах").waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "Что не в порядке" }).waitFor();
    await page.getByRole("button", { name: "Учётная запись admin" }).click();
    await page.getByRole("menuitem", { name: "English" }).click();
    await page.getByRole("heading", { name: "What is wrong" }).waitFor();
    assert.equal(page.url(), `${mock.url}/`);
    assert.deepEqual(complaints, []);
  },
);

test("Russian words, which are longer, fit a telephone and are passed by axe", needs, async (t) => {
  const { mock, page } = await visit(t, "/login", {
    browser: { locale: "ru-RU", viewport: { width: 390, height: 844 }, colorScheme: "dark" },
  });
  const wrong: string[] = [];
  for (const [path, has] of [
    ["/login", "Войти"],
    ["/", "Последние изменения"],
    ["/?by=role", "1 проблемный"],
    ["/instances", "4 узла"],
    ["/instances/db-1", "Потребление узла"],
  ] as const) {
    await page.goto(mock.url + path);
    await page.getByText(has).first().waitFor();
    const overhang = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    if (overhang > 0) wrong.push(`${path}: ${overhang} px`);
    wrong.push(...(await seriousViolations(page)));
  }
  assert.deepEqual(wrong, []);
});

test("the head of the page fits every width in every language", needs, async (t) => {
  const { mock, page } = await visit(t, "/login");
  const wrong: string[] = [];
  for (const language of ["en", "ru"]) {
    await page.evaluate((chosen) => localStorage.setItem("fleetvisor-language", chosen), language);
    await page.goto(`${mock.url}/instances`);
    await page.getByRole("link", { name: "worker-1" }).waitFor();
    for (const width of [320, 390, 580, 640, 740, 900, 1_100, 1_190, 1_280]) {
      await page.setViewportSize({ width, height: 800 });
      const overlaps = await page.getByRole("banner").evaluate((head) => {
        const parts = [...head.children].map((part) => part.getBoundingClientRect());
        const over = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        return over > 0 || parts.some(({ left }, at) => left < (parts[at - 1]?.right ?? 0));
      });
      if (overlaps) wrong.push(`${language} at ${width} px`);
    }
  }
  assert.deepEqual(wrong, []);
});

test("a browser that asks for Russian gets it, and keys mean their places on a Cyrillic keyboard", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/", { browser: { locale: "ru-RU" } });
  await page.getByRole("heading", { name: "Что не в порядке" }).waitFor();
  const press = (key: string, code: string, ctrlKey = false) =>
    page.evaluate(
      (init) => document.body.dispatchEvent(new KeyboardEvent("keydown", { ...init, bubbles: true, cancelable: true })),
      { key, code, ctrlKey },
    );
  await press("л", "KeyK", true);
  const field = page.getByRole("textbox", { name: "Перейти к странице, узлу или процессу" });
  await field.fill("опера");
  await page.getByRole("option", { name: /^Операции/ }).waitFor();
  // Names of pages in English find them too.
  await field.fill("events");
  await page.getByRole("option", { name: /^События/ }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await field.fill("mailer");
  await page.getByRole("option", { name: /worker-1\/mailer:mailer/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.waitForURL(`${mock.url}/instances/worker-1/processes/mailer/mailer`);
  await press("п", "KeyG");
  await press("ш", "KeyI");
  await page.waitForURL(`${mock.url}/instances`);
  const search = page.getByRole("textbox", { name: "Имя, хост или метка" });
  await search.waitFor();
  await press(".", "Slash");
  assert.equal(await search.evaluate((box) => box === document.activeElement), true);
  assert.equal(await search.inputValue(), "");
  await search.blur();
  await press(",", "Slash");
  await page.getByRole("dialog", { name: "Клавиши" }).getByText("перейти: Операции").waitFor();
  assert.deepEqual(complaints, []);
});

test("roles have Russian names, beside which a grant to be made says what commands call them", needs, async (t) => {
  const { page } = await visit(t, "/access", { browser: { locale: "ru-RU" } });
  await page.getByText("администратор на all").waitFor();
  await page.getByRole("button", { name: "Учётная запись admin" }).click();
  await page.getByText("admin, администратор").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("link", { name: "Пользователи" }).click();
  await page.getByText("наблюдатель на all").waitFor();
  const what = page.getByRole("form", { name: "Новое право" }).getByRole("combobox", { name: "Что" });
  await what.getByRole("option", { name: /^оператор \(operator\): / }).waitFor({ state: "attached" });
});
