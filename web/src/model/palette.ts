// What the command palette offers for a typed text: pages, hosts, and the text as a selector or a process; best first.
import type { Instance, Process } from "@fleetvisor/proto/api/v1";
import { t } from "../i18n/i18n.js";
import { links } from "./links.js";
import type { Place } from "./navigation.js";
import { STATE_LOOKS } from "./states.js";

export interface Command {
  readonly key: string;
  readonly word: string;
  readonly more: string;
  readonly to: string;
}

const MOST_OF_A_KIND = 6;

/** `processes` are those that the controller found for the text. */
export function buildCommands(
  text: string,
  places: readonly Place[],
  instances: readonly Instance[],
  processes: readonly Process[],
): readonly Command[] {
  const wanted = text.trim().toLowerCase();
  const pages = places
    // By its address as well, which is the same in every language.
    .filter(({ word, meaning, to }) => wanted === "" || `${word} ${meaning} ${to}`.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a.word, wanted) - rank(b.word, wanted))
    .map(({ word, meaning, to }) => ({ key: `page ${to}`, word, more: meaning, to }));
  if (wanted === "") return pages;
  const hosts = instances
    .filter(({ name, hostName }) => `${name} ${hostName}`.toLowerCase().includes(wanted))
    .sort((a, b) => rank(a.name, wanted) - rank(b.name, wanted) || a.name.localeCompare(b.name, "en"))
    .slice(0, MOST_OF_A_KIND)
    .map(({ name, hostName }) => ({
      key: `instance ${name}`,
      word: name,
      more: t("keyboard:palette.instanceOn", { host: hostName }),
      to: links.instance(name),
    }));
  const found = processes.slice(0, MOST_OF_A_KIND).map((process) => ({
    key: `process ${process.target}`,
    word: process.target,
    more: STATE_LOOKS[process.state].word,
    to: links.process(process),
  }));
  const selector = {
    key: "selector",
    word: text.trim(),
    more: t("keyboard:palette.asSelector"),
    to: links.processes({ selector: text.trim() }),
  };
  return [...pages, ...hosts, ...found, selector];
}

/** The whole word, its beginning, somewhere in it. */
function rank(word: string, wanted: string): number {
  const lower = word.toLowerCase();
  return lower === wanted ? 0 : lower.startsWith(wanted) ? 1 : 2;
}

/** The selector by which processes of a typed name are looked for; null for what is more than a name. */
export function nameSelector(text: string): string | null {
  const name = text.trim();
  return /^[A-Za-z0-9_.-]{2,}$/.test(name) ? `*/*:*${name}*` : null;
}
