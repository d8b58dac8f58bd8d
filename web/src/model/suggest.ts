// What the search box offers while a selector is typed: names, labels, states and groups that fit the item under the caret. Pure.
// The grammar is the controller's (core/selector.ts there); what cannot be read here is left without suggestions.
import { PROCESS_STATE_NAMES } from "@fleetvisor/proto/vocabulary/states";
import { literal } from "./selector.js";

/** The item under the caret: what is between white space, `/` and `,` that no backslash precedes. */
export interface Item {
  /** Where it lies in the text. */
  readonly from: number;
  readonly to: number;
  /** Its text before the caret. */
  readonly typed: string;
  /** `bare` where its selector has no `/`. */
  readonly part: "bare" | "instances" | "processes";
  /** Of an item after a `/`, what is before that. */
  readonly scope: string | null;
}

export function itemAt(text: string, caret: number): Item {
  let word = 0;
  let slash: number | null = null;
  let item = 0;
  let at = 0;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if (/\s/.test(char) || char === "/" || char === ",") {
      if (at >= caret) break;
      item = at + 1;
      if (char === "/") slash ??= at;
      else if (char !== ",") {
        word = item;
        slash = null;
      }
    }
  }
  const to = Math.min(at, text.length);
  const part = slash !== null ? "processes" : hasSlash(text, to) ? "instances" : "bare";
  return {
    ...{ from: item, to, part },
    typed: text.slice(item, caret),
    scope: slash === null ? null : text.slice(word, slash),
  };
}

/** Whether a `/` follows within the word. */
function hasSlash(text: string, from: number): boolean {
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if (/\s/.test(char)) return false;
    else if (char === "/") return true;
  }
  return false;
}

/** What there is to suggest, as far as the person may see it. */
export interface Known {
  readonly instances: readonly { readonly name: string; readonly labels: Readonly<Record<string, string>> }[];
  /** Those that the controller found for what is typed. */
  readonly processes: readonly { readonly group: string; readonly name: string }[];
}

type SuggestionKind = "instance" | "group" | "process" | "label" | "value" | "state" | "all";

export interface Suggestion {
  readonly kind: SuggestionKind;
  /** What takes the place of the item. */
  readonly text: string;
  /** Of a value, its label. */
  readonly key: string | null;
}

const MOST = 12;
/** So many of a kind where there are several. */
const MOST_OF_A_KIND = 4;
/** What names are made of, as far as they are suggested for. */
const NAME = /^[A-Za-z0-9_.@+-]*$/;
const TERM = /^([A-Za-z0-9_][A-Za-z0-9._-]*)(!?=)(.*)$/;

/** Best first; empty when the item is whole already. */
export function suggest({ typed, part }: Item, known: Known): readonly Suggestion[] {
  const term = TERM.exec(typed);
  if (term !== null) {
    const [, key = "", sign = "", value = ""] = term;
    const values = key === "state" && part !== "instances" ? PROCESS_STATE_NAMES : valuesOf(known, key);
    const kind = key === "state" ? "state" : "value";
    return fitting(values, value)
      .filter((each) => each.toLowerCase() !== value.toLowerCase())
      .slice(0, MOST)
      .map((each) => ({ kind, key, text: `${key}${sign}${literal(each)}` }));
  }
  const colon = typed.indexOf(":");
  if (part !== "instances" && colon > 0) return processesLike(typed, colon, known).slice(0, MOST);
  if (!NAME.test(typed)) return [];
  const some = (kind: SuggestionKind, names: readonly string[], write: (name: string) => string) =>
    fitting(names, typed)
      .map((name) => ({ kind, key: null, text: write(name) }))
      .slice(0, MOST_OF_A_KIND);
  const instances = known.instances.map(({ name }) => name);
  const groups = [...new Set(known.processes.map(({ group }) => group))];
  const ofHosts = [
    ...some("instance", instances, (name) => (part === "bare" ? `${literal(name)}/` : literal(name))),
    ...some("label", labelKeys(known), (key) => `${key}=`),
  ];
  const ofProcesses = [
    ...some("group", groups, (group) => `${literal(group)}:*`),
    ...some("process", processNames(known), (name) => name),
    ...some("state", ["state"], (key) => `${key}=`),
    ...(part === "processes" ? some("all", ["all"], (name) => name) : []),
  ];
  const all = part === "bare" ? [...ofHosts, ...ofProcesses] : part === "instances" ? ofHosts : ofProcesses;
  return all.filter(({ text }) => text !== typed).slice(0, MOST);
}

/** The text with the suggestion in the place of the item, and where the caret then stands. */
export function applied(text: string, { from, to }: Item, suggestion: Suggestion): { text: string; caret: number } {
  return {
    text: text.slice(0, from) + suggestion.text + text.slice(to),
    caret: from + suggestion.text.length,
  };
}

/** Whether more is to be typed after it, so that the next suggestions are wanted at once. */
export function leadsOn({ text }: Suggestion): boolean {
  return text.endsWith("/") || text.endsWith("=");
}

/** Whether a text that ends here can be meant: who has typed `role=`, `web-1/` or `state=FA` is not at its end, and need not be told what is wrong. */
export function isWhole(text: string): boolean {
  if (/(^|[^\\])[=/,]$/.test(text)) return false;
  const [, state] = /(?:^|[\s,/])state!?=([A-Za-z]+)$/.exec(text) ?? [];
  const begun = state?.toUpperCase();
  return begun === undefined || PROCESS_STATE_NAMES.every((name) => name === begun || !name.startsWith(begun));
}

/** The selector by which the controller is asked for processes that fit the item; null where they would be of no use. */
export function lookupOf({ typed, part, scope }: Item): string | null {
  if (part === "instances" || TERM.test(typed)) return null;
  const within = scope === null || scope === "" ? "*" : scope;
  const [group = "", name, more] = typed.split(":");
  if (more !== undefined || !NAME.test(group) || !NAME.test(name ?? "")) return null;
  if (name !== undefined) return `${within}/${group}*:${name}*`;
  if (group !== "") return `${within}/*${group}*:*,*:*${group}*`;
  return part === "processes" ? `${within}/*:*` : null;
}

function processesLike(typed: string, colon: number, { processes }: Known): readonly Suggestion[] {
  const group = typed.slice(0, colon);
  const name = typed.slice(colon + 1);
  const whole = { kind: "group", key: null, text: `${group}:*` } as const;
  const names = processes.filter((each) => literal(each.group) === group).map((each) => each.name);
  return [
    ...(name === "" && names.length > 0 ? [whole] : []),
    ...fitting([...new Set(names)], name)
      .map((each) => ({ kind: "process" as const, key: null, text: `${group}:${literal(each)}` }))
      .filter(({ text }) => text !== typed),
  ];
}

/** As the grammar writes them: a process that is named as its group by that name alone. */
function processNames({ processes }: Known): readonly string[] {
  const names = processes.map(({ group, name }) =>
    group === name ? literal(name) : `${literal(group)}:${literal(name)}`,
  );
  return [...new Set(names)];
}

function labelKeys({ instances }: Known): readonly string[] {
  return [...new Set(instances.flatMap(({ labels }) => Object.keys(labels)))].sort();
}

function valuesOf({ instances }: Known, key: string): readonly string[] {
  const values = instances.flatMap(({ labels }) => (Object.hasOwn(labels, key) ? [labels[key] ?? ""] : []));
  return [...new Set(values)].sort();
}

/** Names that begin with the text, then those that hold it. */
function fitting(names: readonly string[], typed: string): readonly string[] {
  const wanted = typed.toLowerCase();
  const begins = names.filter((name) => name.toLowerCase().startsWith(wanted));
  const holds = names.filter((name) => {
    const lower = name.toLowerCase();
    return !lower.startsWith(wanted) && lower.includes(wanted);
  });
  return [...begins, ...holds];
}
