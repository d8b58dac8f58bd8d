// The language of the page: which there are, which one is chosen, and `t`, the way from a key to words in it.
// English is in the bundle and stands in for what a language lacks; the others come when they are asked for.
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { en } from "./en/index.js";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof en;
  }
}

/** Every language by its tag, named in itself. */
export const LANGUAGES = { en: "English", ru: "Русский" } as const;

export type Language = keyof typeof LANGUAGES;

const STORED = "fleetvisor-language";

const FILES: Readonly<Record<Exclude<Language, "en">, () => Promise<typeof en>>> = {
  ru: async () => (await import("./ru/index.js")).ru,
};

void i18next.use(initReactI18next).init({
  lng: "en",
  fallbackLng: "en",
  defaultNS: "common",
  ns: Object.keys(en),
  resources: { en },
  initAsync: false,
  // React escapes what it draws; doing it twice would show `&lt;` to people.
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
});

/** Words for a key in the language of now, `t("home:title")`. Not for tables made when a module loads: they would keep one language. */
export const t = i18next.t.bind(i18next) as typeof i18next.t;

/** The language of now. */
export function language(): Language {
  return isLanguage(i18next.language) ? i18next.language : "en";
}

/** The first of the browser's languages that there are words for, most wanted first; English where there is none. */
export function preferredLanguage(wanted: readonly string[]): Language {
  return wanted.map((tag) => tag.toLowerCase().split("-")[0] ?? "").find(isLanguage) ?? "en";
}

/** Takes up what was chosen here before, else what the browser asks for. Awaited once, before anything is drawn. */
export async function startLanguage(): Promise<void> {
  const stored = storedLanguage();
  await use(stored ?? preferredLanguage(navigator.languages));
}

/** Draws every page anew in that language, and remembers it for this browser. */
export async function chooseLanguage(chosen: Language): Promise<void> {
  await use(chosen);
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // Storage can be forbidden; the choice then lasts as long as the page.
  }
}

async function use(chosen: Language): Promise<void> {
  if (chosen !== "en" && !i18next.hasResourceBundle(chosen, "common")) {
    const messages = await FILES[chosen]();
    for (const [area, words] of Object.entries(messages)) i18next.addResourceBundle(chosen, area, words);
  }
  await i18next.changeLanguage(chosen);
  document.documentElement.lang = chosen;
}

function storedLanguage(): Language | undefined {
  try {
    const stored = localStorage.getItem(STORED) ?? "";
    return isLanguage(stored) ? stored : undefined;
  } catch {
    return undefined;
  }
}

function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}
