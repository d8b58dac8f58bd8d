// The HTTP servers of a configuration: every section whose name begins with `inet_http_server` or `unix_http_server`
// (supervisor 4.2.5 options.py, ServerOptions.server_configs_from_parser).
import { Names } from "./expand.js";
import { HTTP_LOGIN, INET_HTTP_SERVER, UNIX_HTTP_SERVER } from "./options.js";
import { resolvePath } from "./paths.js";
import { strip } from "./python-text.js";
import { type Reading, SectionReader, type Values } from "./reading.js";
import type { HttpServerConfig, InetHttpServerConfig, UnixHttpServerConfig } from "./resolved.js";

/** inet servers first, then unix ones, each in file order. */
export function readServers(reading: Reading): HttpServerConfig[] {
  return [
    ...reading.sections("inet_http_server").map((section) => readInet(reading, section)),
    ...reading.sections("unix_http_server").map((section) => readUnix(reading, section)),
  ];
}

/** SUPERVISOR_SERVER_URL: the first unix server, else the last inet one, else null. */
export function serverUrl(servers: readonly HttpServerConfig[]): string | null {
  const unix = servers.find((server) => server.family === "unix");
  if (unix !== undefined) return `unix://${unix.file}`;
  const inet = servers.findLast((server) => server.family === "inet");
  return inet === undefined ? null : `http://${inet.host === "" ? "localhost" : inet.host}:${inet.port}`;
}

function readInet(reading: Reading, section: string): InetHttpServerConfig {
  const reader = new SectionReader(reading, section, new Names(reading.environ));
  const login = readLogin(reader);
  const before = reading.errors.length;
  const address = reader.get("port", INET_HTTP_SERVER.port);
  if (address === null && reading.errors.length === before) {
    reader.fail(null, `section [${section}] has no port value`);
  }
  return { section, name: nameOf(section), family: "inet", ...(address ?? { host: "", port: 0 }), ...login };
}

function readUnix(reading: Reading, section: string): UnixHttpServerConfig {
  const reader = new SectionReader(reading, section, new Names(reading.environ));
  const withHere = reader.withNames(new Names(reading.environ, new Map([["here", reading.here]])));
  const before = reading.errors.length;
  const file = withHere.get("file", UNIX_HTTP_SERVER.file);
  if (file === null && reading.errors.length === before) {
    reader.fail(null, `section [${section}] has no file value`);
  }
  const login = readLogin(reader);
  const chown = reader.get("chown", UNIX_HTTP_SERVER.chown);
  const chmod = reader.get("chmod", UNIX_HTTP_SERVER.chmod);
  return {
    section,
    name: nameOf(section),
    family: "unix",
    file: resolvePath(strip(file ?? ""), reading.world),
    ...login,
    chown: chown?.ids ?? [-1, -1],
    chown_names: chown?.names ?? [null, null],
    chmod: chmod ?? 0o700,
  };
}

function readLogin(reader: SectionReader): Values<typeof HTTP_LOGIN> {
  const login = reader.all(HTTP_LOGIN);
  if ((login.username === null) !== (login.password === null)) {
    const rule = "If a username or a password is specified, both the username and password must be specified";
    reader.fail(
      login.username === null ? "password" : "username",
      `Section [${reader.section}] contains incomplete authentication: ${rule}`,
    );
  }
  return login;
}

function nameOf(section: string): string | null {
  const colon = section.indexOf(":");
  return colon < 0 ? null : section.slice(colon + 1);
}
