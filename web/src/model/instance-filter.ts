// Which instances the list shows: from the URL and back, and whether one is among them.
//
//   text = word { white-space word }     all must hold
//   word = LABEL "=" VALUE | LABEL "!=" VALUE | a piece of name, host or label
//
// Label terms are those of selectors: values are patterns of `*`, `?` and `[a-z]`, and a backslash takes a character's meaning away.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { LIVENESS, type Liveness } from "@fleetvisor/proto/vocabulary/states";
import { literal, wordsOf } from "./selector.js";
import { WORST_KINDS, type Worst, worstOf } from "./worst.js";

export interface InstanceFilter {
  readonly text: string;
  /** Only these; none means all. */
  readonly livenesses: readonly Liveness[];
  /** Only those that count as one of these; none means all. */
  readonly worst: readonly Worst[];
}

export const ANY_INSTANCE: InstanceFilter = { text: "", livenesses: [], worst: [] };

export function instanceFilterParams({ text, livenesses, worst }: InstanceFilter): URLSearchParams {
  const params = new URLSearchParams();
  if (text !== "") params.set("q", text);
  if (livenesses.length > 0) params.set("liveness", livenesses.join(","));
  if (worst.length > 0) params.set("worst", worst.join(","));
  return params;
}

/** Reads a filter from a URL; what it cannot read it leaves out. */
export function parseInstanceFilter(params: URLSearchParams): InstanceFilter {
  const named = (key: string) => new Set((params.get(key) ?? "").split(","));
  const [livenesses, worst] = [named("liveness"), named("worst")];
  return {
    text: params.get("q") ?? "",
    livenesses: LIVENESS.filter((name) => livenesses.has(name)),
    worst: WORST_KINDS.filter((kind) => worst.has(kind)),
  };
}

/** The choices after one was pressed. */
export function toggle<T>(chosen: readonly T[], one: T): readonly T[] {
  return chosen.includes(one) ? chosen.filter((each) => each !== one) : [...chosen, one];
}

/** The term that takes the instances with that value of a label; null takes those without the label. */
export function labelTerm(key: string, value: string | null): string {
  return value === null ? `${literal(key)}!=*` : `${literal(key)}=${literal(value)}`;
}

type Test = (instance: Instance) => boolean;

/** The filter made ready for many instances. */
export function instanceTest({ text, livenesses, worst }: InstanceFilter): Test {
  const words = wordsOf(text).map(wordTest);
  return (instance) =>
    (livenesses.length === 0 || livenesses.includes(instance.liveness)) &&
    (worst.length === 0 || worst.includes(worstOf(instance))) &&
    words.every((holds) => holds(instance));
}

function wordTest(word: string): Test {
  const term = /^((?:\\.|[^\\=!])+)(!?)=(.*)$/s.exec(word);
  if (term === null) {
    const wanted = plain(word).toLowerCase();
    return (instance) => searchText(instance).includes(wanted);
  }
  const [, key = "", not = "", pattern = ""] = term;
  const name = plain(key);
  const value = patternOf(pattern);
  return ({ labels }) => {
    const own = Object.hasOwn(labels, name) ? labels[name] : undefined;
    return (own !== undefined && value.test(own)) === (not === "");
  };
}

function searchText({ name, hostName, labels }: Instance): string {
  return [name, hostName, ...Object.entries(labels).map((label) => label.join("="))].join("\n").toLowerCase();
}

/** Without the backslashes that only take a meaning away. */
function plain(text: string): string {
  return text.replace(/\\(.)/gs, "$1");
}

function patternOf(text: string): RegExp {
  const source = text.replace(/\\(.)|\[(!?)((?:\\.|[^\]\\])+)\]|([\s\S])/gs, (_, escaped, not, range, other) => {
    if (range !== undefined) return `[${not === "" ? "" : "^"}${plain(range).replace(/[\\\]^[]/g, "\\$&")}]`;
    if (other === "*") return "[\\s\\S]*";
    if (other === "?") return "[\\s\\S]";
    return (escaped ?? other).replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
  });
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // A range that runs backwards takes nothing; who types it goes on typing.
    return /(?!)/;
  }
}
