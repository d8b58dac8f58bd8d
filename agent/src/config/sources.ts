// Reads the main file and what its `[include]` names into one set of sections, as supervisord does
// (supervisor 4.2.5 options.py, ServerOptions.read_config and UnhosedConfigParser).
import { Names } from "./expand.js";
import { emptyIni, type Ini, lookUp, problemText, readIni } from "./ini.js";
import { INCLUDE } from "./options.js";
import { absolutePath, joinPath, parentOf } from "./paths.js";
import { compareText, repr, words } from "./python-text.js";
import { NOWHERE, Reading, SectionReader } from "./reading.js";
import { decodeUtf8 } from "./utf8.js";
import type { World } from "./world.js";

export interface Sources {
  readonly reading: Reading;
  /** Every file that was read, the main one first, each once. */
  readonly files: readonly string[];
  /** False when nothing sensible can be said about the sections, since the main file is no INI text at all. */
  readonly usable: boolean;
}

/** Never fails; what is wrong is in `reading.errors`. */
export function readSources(configfile: string, world: World): Sources {
  const here = absolutePath(parentOf(configfile), world.cwd);
  const ini = emptyIni();
  const reading = new Reading(ini, world, configfile, here);
  const bytes = world.readFile(configfile);
  if (typeof bytes === "string") {
    const what = bytes === "missing" ? "could not find config file" : "could not read config file";
    reading.fail({ ...NOWHERE, file: configfile }, `${what} ${configfile}`);
    return { reading, files: [], usable: false };
  }
  if (!addFile(reading, configfile, bytes)) return { reading, files: [configfile], usable: false };
  const included = ini.sections.has("include") ? readIncludes(reading) : [];
  return { reading, files: [...new Set([configfile, ...included])], usable: true };
}

/** False when the file is no INI text. */
function addFile(reading: Reading, file: string, bytes: Uint8Array): boolean {
  const decoded = decodeUtf8(bytes);
  if (!decoded.ok) {
    reading.fail({ ...NOWHERE, file, line: decoded.line }, decoded.reason);
    return false;
  }
  const problem = readIni(reading.ini, decoded.text, file);
  if (problem === null) return true;
  if (problem.type === "no-section-header") {
    const { line, text } = problem.at;
    const reason = `no [section] before the first line: ${repr(text)}`;
    reading.fail({ ...NOWHERE, file, line }, reason, problemText(problem));
    return false;
  }
  for (const [index, bad] of problem.lines.entries()) {
    const message = problemText(index === 0 ? problem : { ...problem, lines: [bad] });
    reading.fail(
      { ...NOWHERE, file, line: bad.line },
      `not a line of the form option = value: ${repr(bad.text)}`,
      message,
    );
  }
  return true;
}

function readIncludes(reading: Reading): string[] {
  const { ini, here, world } = reading;
  replaceHere(ini, here);
  const names = new Names(
    new Map([
      ["here", here],
      ["host_node_name", world.hostname],
    ]),
    reading.environ,
  );
  const include = new SectionReader(reading, "include", names);
  if (lookUp(ini, "include", "files") === null) {
    include.fail(null, ".ini file has [include] section, but no files setting");
  }
  const read: string[] = [];
  for (const word of words(include.get("files", INCLUDE.files) ?? "")) {
    const pattern = joinPath(here, word);
    const matches = world.glob(pattern).sort(compareText);
    if (matches.length === 0) reading.warnings.push(`No file matches via include "${pattern}"`);
    for (const file of matches) {
      reading.infos.push(`Included extra file "${file}" during parsing`);
      const bytes = world.readFile(file);
      // A file that cannot be opened is passed over without a word, as supervisord does.
      if (typeof bytes === "string") continue;
      read.push(file);
      addFile(reading, file, bytes);
      replaceHere(ini, absolutePath(parentOf(file), world.cwd));
    }
  }
  return read;
}

/**
 * Replaces `%(here)s` as plain text in every value read so far. A value that a section inherits from `[DEFAULT]` becomes
 * the section's own by that.
 */
function replaceHere(ini: Ini, here: string): void {
  for (const section of ini.sections.values()) {
    for (const [name, value] of [...ini.defaults, ...section.options]) {
      const current = section.options.get(name) ?? value;
      if (!current.text.includes("%(here)s")) continue;
      section.options.set(name, { ...current, text: current.text.replaceAll("%(here)s", here) });
    }
  }
}
