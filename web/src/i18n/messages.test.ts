import assert from "node:assert/strict";
import { test } from "node:test";
import { en } from "./en/index.js";
import { LANGUAGES, preferredLanguage, t } from "./i18n.js";
import { ru } from "./ru/index.js";

type Messages = { readonly [key: string]: string | Messages };

const PLURAL = /_(zero|one|two|few|many|other)$/;

/** Each message by its whole key, the plural form taken off; a key's forms lie together. */
function flatten(messages: Messages, path = ""): Map<string, Map<string, string>> {
  const all = new Map<string, Map<string, string>>();
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value !== "string") for (const [inner, forms] of flatten(value, `${path}${key}.`)) all.set(inner, forms);
    else {
      const name = `${path}${key.replace(PLURAL, "")}`;
      const forms = all.get(name) ?? new Map<string, string>();
      all.set(name, forms.set(PLURAL.exec(key)?.[1] ?? "", value));
    }
  }
  return all;
}

const names = (message: string) =>
  [...message.matchAll(/\{\{(\w+)|<\/?(\w+)/g)].map((found) => found[1] ?? found[2] ?? "").sort();

const english = flatten(en);

for (const [language, messages] of Object.entries({ ru })) {
  test(`${language} says everything that English says, and nothing more`, () => {
    assert.deepEqual([...flatten(messages).keys()].sort(), [...english.keys()].sort());
  });

  test(`${language} has each plural form that its grammar asks for`, () => {
    const needed = new Intl.PluralRules(language).resolvedOptions().pluralCategories.toSorted();
    for (const [key, forms] of flatten(messages)) {
      const plural = english.get(key)?.has("other") ?? false;
      assert.deepEqual([...forms.keys()].toSorted(), plural ? needed : [""], key);
    }
  });

  test(`${language} names the same values as English in every message`, () => {
    for (const [key, forms] of flatten(messages)) {
      // A form for one alone may leave the number out, so the names of all forms together count.
      const all = (of: Map<string, string> | undefined) =>
        [...new Set([...(of?.values() ?? [])].flatMap(names))].sort();
      assert.deepEqual(all(forms), all(english.get(key)), key);
    }
  });
}

test("the first language of the browser that there are words for is taken, else English", () => {
  assert.equal(preferredLanguage(["de-DE", "ru-RU", "en"]), "ru");
  assert.equal(preferredLanguage(["pt-BR", "fr"]), "en");
  assert.equal(preferredLanguage([]), "en");
  assert.deepEqual(Object.keys(LANGUAGES).sort(), ["en", "ru"]);
});

test("a count chooses its plural form and is grouped", () => {
  assert.equal(t("process", { count: 1 }), "1 process");
  assert.equal(t("process", { count: 1_200 }), "1,200 processes");
});
