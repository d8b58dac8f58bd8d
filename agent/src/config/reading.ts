// What the reading of one configuration shares: the sections, the machine, the names for `%` and the list of what is
// wrong. A wrong value is noted and read as its default, so that one run finds every error.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { expand, type Names, UnknownName } from "./expand.js";
import { type Ini, type IniValue, lookUp } from "./ini.js";
import type { Option } from "./options.js";
import { repr } from "./python-text.js";
import type { ConfigError } from "./resolved.js";
import type { World } from "./world.js";

/** A table of options, and the values that reading it gives. */
export type Options = Readonly<Record<string, Option<unknown>>>;
export type Values<T extends Options> = { readonly [K in keyof T]: T[K] extends Option<infer V> ? V : never };

export interface Place {
  readonly file: string | null;
  readonly line: number | null;
  readonly section: string | null;
  readonly option: string | null;
}

export const NOWHERE: Place = { file: null, line: null, section: null, option: null };

/** The state of one reading; it grows while sections are read in supervisord's order. */
export class Reading {
  readonly errors: ConfigError[] = [];
  readonly warnings: string[] = [];
  readonly infos: string[] = [];
  /** `ENV_X` of the agent, from some point on with `[supervisord] environment` laid over it. */
  readonly environ = new Map<string, string>();
  /** Set when an environment could not be read: then an unknown `ENV_` name may be no mistake of its own. */
  environIsPartial = false;
  private readonly seen = new Set<string>();

  constructor(
    readonly ini: Ini,
    readonly world: World,
    readonly configfile: string,
    readonly here: string,
  ) {
    for (const [name, value] of Object.entries(world.env)) this.environ.set(`ENV_${name}`, value);
  }

  /** Names of the sections in file order that begin so. */
  sections(prefix: string): string[] {
    return [...this.ini.sections.keys()].filter((name) => name.startsWith(prefix));
  }

  /** Where an option of a section stands, or where the section does. */
  placeOf(section: string, option: string | null): Place {
    const at: Pick<IniValue, "file" | "line"> | null | undefined =
      (option === null ? null : lookUp(this.ini, section, option)) ?? this.ini.sections.get(section);
    return { file: at?.file ?? null, line: at?.line ?? null, section, option };
  }

  /** Notes an error; the same reason at the same place counts once. */
  fail(place: Place, reason: string, message: string = reason): void {
    const key = JSON.stringify([place.file, place.line, place.section, place.option, reason]);
    if (this.seen.has(key)) return;
    this.seen.add(key);
    this.errors.push({ ...place, message, reason });
  }
}

/** Reads the options of one section with one set of names. */
export class SectionReader {
  private readonly suffix: string;

  /** With `placed`, errors end in the section and its file, as those of program-like sections do. */
  constructor(
    private readonly reading: Reading,
    readonly section: string,
    private readonly names: Names,
    private readonly placed = false,
    /** What options that are expanded twice, or by their bare name, may name. */
    private readonly bareNames: Names = names,
  ) {
    const file = reading.ini.sections.get(section)?.file ?? reading.configfile;
    this.suffix = placed ? ` in section ${repr(section)} (file: ${repr(file)})` : "";
  }

  /** The same section with other names. */
  withNames(names: Names, bareNames: Names = names): SectionReader {
    return new SectionReader(this.reading, this.section, names, this.placed, bareNames);
  }

  /** Notes what is wrong with an option, or with the section as a whole. */
  fail(option: string | null, reason: string): void {
    this.reading.fail(this.reading.placeOf(this.section, option), reason, reason + this.suffix);
  }

  /** Runs what may fail with a FleetError; notes that as the option's error, or the section's, and gives null. */
  attempt<T>(option: string | null, run: () => T): T | null {
    try {
      return run();
    } catch (thrown) {
      if (!(thrown instanceof FleetError)) throw thrown;
      const isFollowOn =
        thrown instanceof UnknownName && thrown.unknown.startsWith("ENV_") && this.reading.environIsPartial;
      if (!isFollowOn) this.fail(option, thrown.message);
      return null;
    }
  }

  /** The value of an option; of its default when it is missing or wrong. */
  get<T>(name: string, option: Option<T>): T {
    const value = lookUp(this.reading.ini, this.section, name);
    if (value !== null) {
      const read = this.attempt(name, () => ({ value: this.parse(name, value.text, option) }));
      if (read !== null) return read.value;
    }
    // An option without a default has null in its type.
    return option.default === null ? (null as T) : option.type.parse(option.default, this.reading.world);
  }

  /** Every option of a table, in its order. */
  all<T extends Options>(table: T): Values<T> {
    return Object.fromEntries(
      Object.entries(table).map(([name, option]) => [name, this.get(name, option)]),
    ) as Values<T>;
  }

  /** Those of a table whose values hang on names. */
  varying<T extends Options>(table: T): Partial<T> {
    const entries = Object.entries(table).filter(([name]) => {
      return lookUp(this.reading.ini, this.section, name)?.text.includes("%") ?? false;
    });
    return Object.fromEntries(entries) as Partial<T>;
  }

  /** `%` expanded under the bare name of the option. */
  expandBare(name: string, text: string): string {
    return expand(text, this.bareNames, name);
  }

  private parse<T>(name: string, text: string, { type, expand: how }: Option<T>): T {
    let expanded = text;
    if (how === "once" || how === "twice") expanded = expand(expanded, this.names, `${this.section}.${name}`);
    if (how === "twice" || how === "bare") expanded = this.expandBare(name, expanded);
    return type.parse(expanded, this.reading.world);
  }
}
