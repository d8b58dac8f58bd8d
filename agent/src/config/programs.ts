// From a program-like section to its processes, numbered, checked and sorted
// (supervisor 4.2.5 options.py, ServerOptions._processes_from_section).
import { ENVIRONMENT, NAME } from "./datatypes.js";
import { type NameMap, Names } from "./expand.js";
import { PROCESS, PROCESS_ENVIRONMENT, PROGRAM } from "./options.js";
import { compareText } from "./python-text.js";
import { type Reading, SectionReader, type Values } from "./reading.js";
import type { ProcessConfig } from "./resolved.js";
import { signalName } from "./signals.js";
import { SYSLOG } from "./world-types.js";

/** More than anybody runs on a host; supervisord would try, and fill the memory. */
const MOST_PROCESSES = 100_000;

/** A process before `[supervisord] environment` is merged in and before names are compared. */
export type DraftProcess = Omit<ProcessConfig, "shadowed" | "environment"> & {
  readonly environment: ReadonlyMap<string, string>;
};

/** The processes of one section inside the group of that name, in order of priority and name. */
export function readProcesses(reading: Reading, section: string, groupName: string): DraftProcess[] {
  const plain = new SectionReader(reading, section, new Names(), true);
  const title = section.slice(section.indexOf(":") + 1);
  const programName = plain.attempt(null, () => NAME.parse(title, reading.world)) ?? title;
  const base = new Map([
    ["here", reading.here],
    ["program_name", programName],
    ["host_node_name", reading.world.hostname],
    ["group_name", groupName],
  ]);
  const once = plain.withNames(new Names(reading.environ, base));
  const program = once.all(PROGRAM);
  const processName = program.process_name;
  if (program.numprocs > 1 && !processName.includes("%(process_num)")) {
    once.fail("process_name", "%(process_num) must be present within process_name when numprocs > 1");
  }
  if (program.stopasgroup && program.killasgroup === false) {
    once.fail("killasgroup", "Cannot set stopasgroup=true and killasgroup=false");
  }
  if (program.numprocs > MOST_PROCESSES) {
    once.fail("numprocs", `${program.numprocs} is above upper bound (${MOST_PROCESSES})`);
    return [];
  }
  /** Names that the environments of processes define; those of earlier numbers stay, as in supervisord. */
  const own = new Map<string, string>();
  const wasPartial = reading.environIsPartial;
  const varying = once.varying(PROCESS);
  /** What the first process has read; the others read only what differs. */
  let first: Values<typeof PROCESS> | null = null;
  const readOptions = (reader: SectionReader): Values<typeof PROCESS> => {
    if (first !== null) return { ...first, ...reader.all(varying) };
    first = reader.all(PROCESS);
    return first;
  };
  const processes = Array.from({ length: Math.max(program.numprocs, 0) }, (_, index) => {
    const number = new Map([
      ["process_num", program.numprocs_start + index],
      ["numprocs", program.numprocs],
    ]);
    return readProcess(reading, once, { section, program, layers: [base, number], own, readOptions });
  });
  reading.environIsPartial = wasPartial;
  return processes.sort((a, b) => a.priority - b.priority || compareText(a.name, b.name));
}

interface Numbered {
  readonly section: string;
  readonly program: Values<typeof PROGRAM>;
  readonly layers: readonly [NameMap, NameMap];
  readonly own: Map<string, string>;
  readonly readOptions: (reader: SectionReader) => Values<typeof PROCESS>;
}

function readProcess(reading: Reading, section: SectionReader, numbered: Numbered): DraftProcess {
  const { program, own, layers, readOptions } = numbered;
  const { environ } = reading;
  for (const name of environ.keys()) own.delete(name);
  const reader = section.withNames(new Names(environ, ...layers, own), new Names(...layers, environ, own));
  const environment = readEnvironment(reading, reader);
  for (const [name, value] of environment) own.set(`ENV_${name}`, value);
  const process = readOptions(reader);
  if (process.command === null) {
    reader.fail("command", `program section ${section.section} does not specify a command`);
  }
  const { numprocs: _, numprocs_start: __, process_name: template, user, killasgroup, ...shared } = program;
  return {
    ...shared,
    ...process,
    ...logRules(reading, section.section, program, process),
    section: numbered.section,
    name: reader.attempt("process_name", () => reader.expandBare("process_name", template)) ?? "",
    command: process.command ?? "",
    killasgroup: killasgroup ?? program.stopasgroup,
    stopsignal_name: signalName(program.stopsignal),
    user: user?.text ?? null,
    uid: user?.uid ?? null,
    environment,
  };
}

function readEnvironment(reading: Reading, reader: SectionReader): ReadonlyMap<string, string> {
  const before = reading.errors.length;
  const text = reader.get("environment", PROCESS_ENVIRONMENT);
  const read = reader.attempt("environment", () => ENVIRONMENT.parse(text, reading.world));
  if (read === null || reading.errors.length > before) reading.environIsPartial = true;
  return read ?? new Map();
}

/** What the log options mean together; notes in `warnings` what supervisord warns of. */
function logRules(
  reading: Reading,
  section: string,
  program: Values<typeof PROGRAM>,
  process: Values<typeof PROCESS>,
): Pick<ProcessConfig, "stdout_logfile" | "stdout_syslog" | "stderr_logfile" | "stderr_syslog"> {
  const channel = (name: "stdout" | "stderr") => {
    const file = process[`${name}_logfile`];
    if (file === SYSLOG) {
      reading.warnings.push(
        `For [${section}], ${name}_logfile=syslog but this is deprecated and will be removed.  Use ${name}_syslog=true to enable syslog instead.`,
      );
      return { file: null, syslog: true };
    }
    if (file === "AUTO" && process[`${name}_logfile_maxbytes`] === 0) {
      reading.warnings.push(
        `For [${section}], AUTO logging used for ${name}_logfile without rollover, set maxbytes > 0 to avoid filling up filesystem unintentionally`,
      );
    }
    return { file, syslog: process[`${name}_syslog`] };
  };
  const stdout = channel("stdout");
  const stderr = channel("stderr");
  if (program.redirect_stderr && stderr.file !== null && stderr.file !== "AUTO") {
    reading.warnings.push(
      `For [${section}], redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored`,
    );
  }
  return {
    stdout_logfile: stdout.file,
    stdout_syslog: stdout.syslog,
    stderr_logfile: program.redirect_stderr ? null : stderr.file,
    stderr_syslog: stderr.syslog,
  };
}
