// What supervisord passes over without a word and an operator wants to know: misspelt sections and options, values that a
// comment mark cut in the middle of a quotation, groups and processes that another of the same name replaces.
import type { Ini, IniValue } from "./ini.js";
import {
  EVENTLISTENER,
  FCGI_PROGRAM,
  FLEETVISOR,
  GROUP,
  HTTP_LOGIN,
  INCLUDE,
  INET_HTTP_SERVER,
  PROCESS,
  PROGRAM,
  SUPERVISORD,
  UNIX_HTTP_SERVER,
} from "./options.js";
import type { GroupConfig, Notice } from "./resolved.js";

const PROCESS_OPTIONS = [...Object.keys(PROGRAM), ...Object.keys(PROCESS), "environment"];

/** Beginnings of section names with the options that such a section has; null for any. */
const KNOWN: readonly (readonly [start: string, options: readonly string[] | null])[] = [
  ["program:", PROCESS_OPTIONS],
  ["eventlistener:", [...PROCESS_OPTIONS, ...Object.keys(EVENTLISTENER)]],
  ["fcgi-program:", [...PROCESS_OPTIONS, ...Object.keys(FCGI_PROGRAM)]],
  ["group:", Object.keys(GROUP)],
  ["rpcinterface:", null],
  ["ctlplugin:", null],
  ["inet_http_server", [...Object.keys(HTTP_LOGIN), ...Object.keys(INET_HTTP_SERVER)]],
  ["unix_http_server", [...Object.keys(HTTP_LOGIN), ...Object.keys(UNIX_HTTP_SERVER)]],
];
const KNOWN_WHOLE: Readonly<Record<string, readonly string[]>> = {
  supervisord: Object.keys(SUPERVISORD),
  include: Object.keys(INCLUDE),
  fleetvisor: Object.keys(FLEETVISOR),
  supervisorctl: ["serverurl", "username", "password", "prompt", "history_file"],
};

/** In file order; none of it keeps a configuration from being used. */
export function noticesOf(ini: Ini, groups: readonly GroupConfig[]): Notice[] {
  const notices: Notice[] = [];
  for (const [section, { file, line, options }] of ini.sections) {
    const known = optionsOf(section);
    if (known === undefined) {
      notices.push({ file, line, section, option: null, reason: "unknown section, ignored" });
      continue;
    }
    for (const [option, value] of options) {
      const at = { file: value.file, line: value.line, section, option };
      if (known !== null && !known.includes(option)) notices.push({ ...at, reason: "unknown option, ignored" });
      if (isCutInQuotes(value)) {
        notices.push({
          ...at,
          reason: "a ; or # behind a blank ends the value, inside quotes too: the quotation is cut",
        });
      }
    }
  }
  return [...notices, ...groups.flatMap((group) => shadows(ini, group))];
}

/** Undefined for an unknown section. */
function optionsOf(section: string): readonly string[] | null | undefined {
  if (Object.hasOwn(KNOWN_WHOLE, section)) return KNOWN_WHOLE[section];
  return KNOWN.find(([start]) => section.startsWith(start))?.[1];
}

function isCutInQuotes({ text, isCut }: IniValue): boolean {
  return isCut && (text.split('"').length % 2 === 0 || text.split("'").length % 2 === 0);
}

function shadows(ini: Ini, group: GroupConfig): Notice[] {
  const place = (section: string) => {
    const at = ini.sections.get(section);
    return { file: at?.file ?? null, line: at?.line ?? null, section, option: null };
  };
  if (group.shadowed) {
    const section = `${group.kind}:${group.name}`;
    return [{ ...place(section), reason: `another group is called ${group.name} too; this one is ignored` }];
  }
  return group.programs
    .filter(({ shadowed }) => shadowed)
    .map(({ section, name }) => ({
      ...place(section),
      reason: `another process of group ${group.name} is called ${name} too; this one is ignored`,
    }));
}
