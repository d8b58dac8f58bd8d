// A resolved configuration as sections of options in supervisord's words, for people who look at it from elsewhere. What may be a secret
// is left out here, so that it never leaves the host.
import { basename } from "node:path";
import type { Environment, GroupConfig, ProcessConfig, ResolvedConfig } from "./resolved.js";

interface ReportedOption {
  readonly name: string;
  /** Empty where nothing is set. */
  readonly value: string;
  /** There is a value, which is not told. */
  readonly isMasked: boolean;
}

export interface ReportedSection {
  /** As written: `program:api`. */
  readonly title: string;
  readonly options: ReportedOption[];
}

/** Of a group's names in a report. */
const MOST_GROUPS = 500;
const SECRET_NAME =
  /pass|pwd|secret|token|key|cred|auth|private|dsn|salt|cookie|session|signature|cert|webhook|license/i;
/** What a value looks like that surely is none: numbers, words, paths, addresses without a login. */
const HARMLESS_VALUE = /^[\w.,:/+%@ =~*-]{0,200}$/;
const LOGIN_IN_ADDRESS = /\/\/[^/\s]*@/;
/** A long word of letters mixed with digits, as keys are. */
const KEY_LIKE = /(?=[A-Za-z0-9_-]*\d)(?=[A-Za-z0-9_-]*[A-Za-z])[A-Za-z0-9_-]{20,}/;

/** Whether a variable of this name and value can be shown: in doubt it cannot. */
export function isHarmless(name: string, value: string): boolean {
  if (SECRET_NAME.test(name) || LOGIN_IN_ADDRESS.test(value)) return false;
  return HARMLESS_VALUE.test(value) && !KEY_LIKE.test(value);
}

/** The daemon itself: its own options, its servers, its groups. */
export function daemonReport(config: ResolvedConfig): ReportedSection[] {
  const { supervisord, http_servers, rpcinterfaces, groups, fleetvisor, files } = config;
  const { environment, uid: _uid, gid: _gid, loglevel: _level, loglevel_name, umask, ...rest } = supervisord;
  const own = { ...rest, umask: octal(umask), loglevel: loglevel_name };
  return [
    { title: "supervisord", options: [...optionsOf(own), ...environmentOf(environment)] },
    ...http_servers.map((server) => ({
      title: server.section,
      options: [
        ...(server.family === "inet"
          ? optionsOf({ port: `${server.host}:${server.port}` })
          : optionsOf({ file: server.file, chmod: octal(server.chmod), chown: ownerOf(server.chown_names) })),
        ...optionsOf({ username: server.username }),
        masked("password", server.password),
      ],
    })),
    ...rpcinterfaces.map(({ name, factory, options }) => ({
      title: `rpcinterface:${name}`,
      options: [
        ...optionsOf({ "supervisor.rpcinterface_factory": factory }),
        ...Object.entries(options).map(([key, value]) => shown(key, value)),
      ],
    })),
    ...(fleetvisor === null
      ? []
      : [
          {
            title: "fleetvisor",
            options: optionsOf({
              controller: fleetvisor.controllers.map(({ host, port }) => `${host}:${port}`).join(","),
              name: fleetvisor.name,
              labels: Object.entries(fleetvisor.labels)
                .map(([key, value]) => `${key}=${value}`)
                .join(","),
              state_dir: fleetvisor.state_dir,
              join_token_file: fleetvisor.join_token_file,
              metrics: fleetvisor.metrics,
            }),
          },
        ]),
    { title: "files", options: files.map(({ path }) => ({ name: basename(path), value: path, isMasked: false })) },
    {
      title: "groups",
      options: groups
        .filter(({ shadowed }) => !shadowed)
        .slice(0, MOST_GROUPS)
        .map((group) => ({
          name: group.name,
          value: group.programs
            .filter(({ shadowed }) => !shadowed)
            .map(({ name }) => name)
            .join(", ")
            .slice(0, 1_000),
          isMasked: false,
        })),
    },
  ];
}

/** One process and what its group adds; null where there is none of that name. */
export function processReport(config: ResolvedConfig, groupName: string, name: string): ReportedSection[] | null {
  const group = config.groups.find((each) => each.name === groupName && !each.shadowed);
  const program = group?.programs.find((each) => each.name === name && !each.shadowed);
  if (group === undefined || program === undefined) return null;
  const sections = [{ title: program.section, options: programOptions(program) }];
  return group.kind === "program" ? sections : [...sections, groupSection(group)];
}

function programOptions(program: ProcessConfig): ReportedOption[] {
  const {
    section: _section,
    shadowed: _shadowed,
    environment,
    name,
    uid: _uid,
    stopsignal: _signal,
    ...rest
  } = program;
  const { stopsignal_name, umask, exitcodes, command, ...others } = rest;
  return [
    // As in the table of processes, where whoever sees it finds it too.
    ...optionsOf({ process_name: name, command }),
    ...optionsOf({
      ...others,
      umask: umask === null ? null : octal(umask),
      exitcodes: exitcodes.join(","),
      stopsignal: stopsignal_name.replace(/^SIG/, ""),
    }),
    ...environmentOf(environment),
  ];
}

function groupSection(group: GroupConfig): ReportedSection {
  const more =
    group.kind === "eventlistener"
      ? { buffer_size: group.buffer_size, events: group.events.join(","), result_handler: group.result_handler }
      : group.kind === "fcgi-program"
        ? { socket: group.socket.url, socket_backlog: group.socket.backlog }
        : {};
  const title = group.kind === "group" ? `group:${group.name}` : `${group.kind}:${group.name}`;
  return { title, options: optionsOf({ priority: group.priority, ...more }) };
}

function optionsOf(values: Readonly<Record<string, string | number | boolean | null>>): ReportedOption[] {
  return Object.entries(values).map(([name, value]) => ({
    name,
    value: value === null ? "" : String(value),
    isMasked: false,
  }));
}

function environmentOf(environment: Environment): ReportedOption[] {
  return Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => shown(`environment ${name}`, value, name));
}

function shown(name: string, value: string, meant = name): ReportedOption {
  const isMasked = !isHarmless(meant, value);
  return { name, value: isMasked ? "" : value, isMasked };
}

function masked(name: string, value: string | null): ReportedOption {
  return { name, value: "", isMasked: value !== null };
}

function octal(mode: number): string {
  return `0${mode.toString(8)}`;
}

function ownerOf([user, group]: readonly [string | null, string | null]): string | null {
  return user === null ? null : group === null ? user : `${user}:${group}`;
}
