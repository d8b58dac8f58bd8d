// The socket of an `[fcgi-program:x]`: address, and owner and mode of a unix one
// (supervisor 4.2.5 options.py, ServerOptions.parse_fcgi_socket).
import { checkRange, invalid } from "./datatypes.js";
import { Names } from "./expand.js";
import { FCGI_PROGRAM } from "./options.js";
import { resolvePath } from "./paths.js";
import { repr } from "./python-text.js";
import type { Reading, SectionReader, Values } from "./reading.js";
import type { FcgiSocketConfig } from "./resolved.js";
import type { World } from "./world.js";

type SocketOptions = Omit<Values<typeof FCGI_PROGRAM>, "socket">;

const NO_SOCKET: FcgiSocketConfig = {
  url: "",
  backlog: null,
  host: null,
  port: null,
  path: null,
  mode: null,
  owner: null,
  owner_names: null,
};

/** Reads `socket`; what is wrong with it is noted. */
export function readFcgiSocket(
  reading: Reading,
  reader: SectionReader,
  programName: string,
  options: SocketOptions,
): FcgiSocketConfig {
  const names = new Map([
    ["program_name", programName],
    ["here", reading.here],
  ]);
  const before = reading.errors.length;
  const address = reader.withNames(new Names(reading.environ, names)).get("socket", FCGI_PROGRAM.socket);
  if (reading.errors.length > before) return NO_SOCKET;
  if (address === null || address === "") {
    reader.fail("socket", `[${reader.section}] section requires a "socket" line`);
    return NO_SOCKET;
  }
  const suffix = ` in [${reader.section}] socket`;
  return reader.attempt("socket", () => parseSocket(address, options, reading.world, suffix)) ?? NO_SOCKET;
}

/** `suffix` ends every error text. */
function parseSocket(address: string, options: SocketOptions, world: World, suffix: string): FcgiSocketConfig {
  if (address.startsWith("unix://")) {
    const path = address.slice(7);
    if (!path.startsWith("/")) {
      throw invalid(`('Unix socket path %s is not an absolute path', ${repr(path)})${suffix}`);
    }
    return unixSocket(resolvePath(path, world), options, world);
  }
  if (options.socket_owner !== null || options.socket_mode !== null) {
    throw invalid(`socket_owner and socket_mode params should only be used with a Unix domain socket${suffix}`);
  }
  const [, host, digits] = /^tcp:\/\/([^\s:]+):([0-9]+)\n?$/.exec(address) ?? [];
  if (host === undefined || digits === undefined) throw invalid(`('Bad socket format %s', ${repr(address)})${suffix}`);
  const port = tcpPort(Number(digits), suffix);
  const name = host.toLowerCase();
  return { ...NO_SOCKET, url: `tcp://${name}:${port}`, host: name, port, backlog: options.socket_backlog };
}

function tcpPort(port: number, suffix: string): number {
  try {
    return checkRange(port, 1, 65535);
  } catch (thrown) {
    throw thrown instanceof Error ? invalid(thrown.message + suffix) : thrown;
  }
}

/** Without `socket_owner`, the account that the program runs as owns the socket, unless that is ours. */
function unixSocket(path: string, options: SocketOptions, world: World): FcgiSocketConfig {
  const { user, socket_owner: owner } = options;
  const common = {
    ...NO_SOCKET,
    url: `unix://${path}`,
    path,
    mode: options.socket_mode ?? 0o700,
    backlog: options.socket_backlog,
  };
  if (owner !== null) return { ...common, owner: owner.ids, owner_names: owner.names };
  if (user === null || user.uid === world.uid) return common;
  const gid = world.userWithId(user.uid)?.gid ?? -1;
  return { ...common, owner: [user.uid, gid], owner_names: [user.text, null] };
}
