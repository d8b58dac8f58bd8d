// From sections to groups: heterogeneous ones, programs by themselves, event listeners, fcgi programs; in supervisord's
// order (supervisor 4.2.5 options.py, ServerOptions.process_groups_from_parser).
import { isEventType } from "@fleetvisor/proto/vocabulary/events";
import { NAME } from "./datatypes.js";
import { Names } from "./expand.js";
import { readFcgiSocket } from "./fcgi-socket.js";
import { EVENTLISTENER, FCGI_PROGRAM, GROUP } from "./options.js";
import { resolvePlugin } from "./plugins.js";
import { type DraftProcess, readProcesses } from "./programs.js";
import { compareText } from "./python-text.js";
import { type Reading, SectionReader } from "./reading.js";
import type {
  EventListenerConfig,
  FcgiProgramConfig,
  GroupConfig,
  ProcessConfig,
  ProgramGroupConfig,
} from "./resolved.js";

/** A group before names are compared: the processes as drafts, the rest as it will be. */
type Draft<T extends GroupConfig> = Omit<T, "shadowed" | "programs"> & { readonly programs: readonly DraftProcess[] };
type DraftGroup = Draft<ProgramGroupConfig> | Draft<EventListenerConfig> | Draft<FcgiProgramConfig>;

/** Every group, by priority and name; `environment` is that of `[supervisord]`, under each process's own. */
export function readGroups(reading: Reading, environment: ReadonlyMap<string, string>): GroupConfig[] {
  /** Sections that belong to a `[group:x]` and so form no group of their own. */
  const members = new Set<string>();
  const free = (prefix: string) => reading.sections(prefix).filter((section) => !members.has(section));
  const drafts: DraftGroup[] = [];
  for (const section of reading.sections("group:")) drafts.push(readGroup(reading, section, members));
  for (const section of free("program:")) drafts.push(readProgram(reading, section));
  for (const section of reading.sections("eventlistener:")) drafts.push(readListener(reading, section));
  for (const section of free("fcgi-program:")) drafts.push(readFcgiProgram(reading, section));
  drafts.sort((a, b) => a.priority - b.priority || compareText(a.name, b.name));
  const names = new Set<string>();
  return drafts.map((draft) => {
    const shadowed = names.has(draft.name);
    names.add(draft.name);
    return { ...draft, shadowed, programs: finish(draft.programs, environment) };
  });
}

function readerFor(reading: Reading, section: string): SectionReader {
  return new SectionReader(reading, section, new Names(reading.environ, new Map([["here", reading.here]])));
}

const titleOf = (section: string) => section.slice(section.indexOf(":") + 1);

/** The name of a group, which comes from the section's; notes a bad one. */
function groupName(reading: Reading, reader: SectionReader): string {
  const title = titleOf(reader.section);
  return reader.attempt(null, () => NAME.parse(title, reading.world)) ?? title;
}

function readGroup(reading: Reading, section: string, members: Set<string>): Draft<ProgramGroupConfig> {
  const reader = readerFor(reading, section);
  const name = groupName(reading, reader);
  const { programs, priority } = reader.all(GROUP);
  const processes: DraftProcess[] = [];
  // After the first member, supervisord's errors name the member before in place of the group.
  let blamed = section;
  for (const program of programs) {
    const plain = reading.ini.sections.has(`program:${program}`);
    const fcgi = reading.ini.sections.has(`fcgi-program:${program}`);
    if (!plain && !fcgi) {
      reader.fail("programs", `[${blamed}] names unknown program or fcgi-program ${program}`);
      continue;
    }
    if (plain && fcgi) {
      reader.fail("programs", `[${blamed}] name ${program} is ambiguous (exists as program and fcgi-program)`);
    }
    blamed = plain ? `program:${program}` : `fcgi-program:${program}`;
    members.add(blamed);
    processes.push(...readProcesses(reading, blamed, name));
  }
  return { kind: "group", name, priority, programs: processes };
}

function readProgram(reading: Reading, section: string): Draft<ProgramGroupConfig> {
  const reader = readerFor(reading, section);
  const name = groupName(reading, reader);
  const priority = reader.get("priority", GROUP.priority);
  return { kind: "program", name, priority, programs: readProcesses(reading, section, name) };
}

function readListener(reading: Reading, section: string): Draft<EventListenerConfig> {
  const reader = readerFor(reading, section);
  const name = titleOf(section);
  const priority = reader.get("priority", EVENTLISTENER.priority);
  const bufferSize = reader.get("buffer_size", EVENTLISTENER.buffer_size);
  if (bufferSize < 1) reader.fail("buffer_size", `[${section}] section sets invalid buffer_size (${bufferSize})`);
  const spec = reader.get("result_handler", EVENTLISTENER.result_handler);
  const handler = resolvePlugin(reader, "result_handler", spec, reading.world);
  const events = readEvents(reader);
  if (reader.get("redirect_stderr", EVENTLISTENER.redirect_stderr)) {
    const why = "this is not allowed because it will interfere with the eventlistener protocol";
    reader.fail("redirect_stderr", `[${section}] section sets redirect_stderr=true but ${why}`);
  }
  return {
    kind: "eventlistener",
    name,
    priority,
    buffer_size: bufferSize,
    events,
    result_handler: handler,
    programs: readProcesses(reading, section, name),
  };
}

function readEvents(reader: SectionReader): string[] {
  const events = new Set(reader.get("events", EVENTLISTENER.events).map((event) => event.toUpperCase()));
  if (events.size === 0) reader.fail("events", `[${reader.section}] section requires an "events" line`);
  for (const event of events) {
    if (!isEventType(event)) reader.fail("events", `Unknown event type ${event} in [${reader.section}] events`);
  }
  return [...events].sort(compareText);
}

function readFcgiProgram(reading: Reading, section: string): Draft<FcgiProgramConfig> {
  const reader = readerFor(reading, section);
  const name = groupName(reading, reader);
  const { socket: _, ...options } = FCGI_PROGRAM;
  const read = reader.all(options);
  const socket = readFcgiSocket(reading, reader, name, read);
  return {
    kind: "fcgi-program",
    name,
    priority: read.priority,
    socket,
    programs: readProcesses(reading, section, name),
  };
}

/** Merges the environments and marks the processes that a later one of the same name replaces. */
function finish(drafts: readonly DraftProcess[], environment: ReadonlyMap<string, string>): ProcessConfig[] {
  const last = new Map(drafts.map(({ name }, index) => [name, index]));
  return drafts.map((draft, index) => ({
    ...draft,
    shadowed: last.get(draft.name) !== index,
    environment: Object.fromEntries([...environment, ...draft.environment]),
  }));
}
