// `--filter`: conditions on top of selectors, as terms of their grammar. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

const TERM = /^([A-Za-z0-9_][A-Za-z0-9._-]*)!?=./;

/**
 * Selectors that mean what the given ones mean as far as every term holds, and without any selector what the terms mean in the
 * whole fleet. As in selectors several `=` terms of one key are alternatives. Throws `invalid-argument` for what is no term, and where a
 * selector has an `=` term of the same key: there the term would be one alternative more.
 */
export function narrow(selectors: readonly string[], terms: readonly string[]): readonly string[] {
  const keys = terms.map((term) => {
    const [, key] = TERM.exec(term) ?? [];
    if (key === undefined || /[\s/,]/.test(term)) {
      throw new FleetError("invalid-argument", `--filter ${term} is no term like state=FATAL, role=web or dc!=ams`);
    }
    return key;
  });
  if (terms.length === 0) return selectors;
  const ofProcesses = terms.filter((_, at) => keys[at] === "state");
  const ofInstances = terms.filter((_, at) => keys[at] !== "state");
  const words = selectors.flatMap((selector) => selector.split(/(?<!\\)\s+/)).filter((word) => word !== "");
  return (words.length === 0 ? ["all"] : words).map((word) => {
    const slash = slashOf(word);
    for (const [at, term] of terms.entries()) {
      const key = keys[at] ?? "";
      const isAsked = termsOf(word).some((each) => each.startsWith(`${key}=`));
      if (!isAsked || term.startsWith(`${key}!=`)) continue;
      throw new FleetError("invalid-argument", `--filter ${term}: ${word} asks for ${key} itself; say it there`);
    }
    if (slash < 0) return [word, ...terms].join(",");
    const instances = [word.slice(0, slash), ...ofInstances].join(",");
    return `${instances}/${[word.slice(slash + 1), ...ofProcesses].join(",")}`;
  });
}

/** Selectors of whole instances: `web-*` means instances here, where elsewhere it would be processes. */
export function instanceSelectors(words: readonly string[], terms: readonly string[]): readonly string[] {
  const whole = words
    .flatMap((text) => text.split(/(?<!\\)\s+/))
    .filter((word) => word !== "")
    .map((word) => {
      if (slashOf(word) < 0) return word === "all" ? word : `${word}/all`;
      throw new FleetError("invalid-argument", `${word} names processes: give instances, as web-* or role=web`);
    });
  const state = terms.find((term) => /^state!?=/.test(term));
  if (state === undefined) return narrow(whole, terms);
  throw new FleetError("invalid-argument", `--filter ${state}: an instance has no state, only labels`);
}

/** What stands between commas and slashes that no backslash precedes. */
function termsOf(word: string): readonly string[] {
  return word.match(/(\\[\s\S]?|[^\\,/])+/g) ?? [];
}

/** Place of the first `/` that no backslash precedes, or -1. */
function slashOf(word: string): number {
  for (let at = 0; at < word.length; at += 1) {
    if (word[at] === "\\") at += 1;
    else if (word[at] === "/") return at;
  }
  return -1;
}
