// The command line of `npm start`: flags to settings, or a line that says what is wrong with them.
import { isAbsolute, join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "./setup.mjs";

export const USAGE = `npm start [-- OPTIONS]: a controller and an agent on this machine, until Ctrl-C

  -c, --configuration FILE   supervise the programs of this supervisord.conf (default: the sample with a few programs)
      --http-listen ADDRESS  web page and API (default 127.0.0.1:9700)
      --grpc-listen ADDRESS  where agents connect (default 127.0.0.1:9701)
      --data-dir DIR         keep history and identities there (default: a temporary folder, removed at the end)
  -h, --help                 this text
`;

function address(flag, text) {
  const match = /^(?:(?<host>[^\s:]+|\[[0-9a-fA-F:.]+\]):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups.port);
  if (match === null || port < 1 || port > 65_535) throw new Error(`--${flag} ${text}: give HOST:PORT`);
  return { host: match.groups.host ?? "127.0.0.1", port, text: `${match.groups.host ?? "127.0.0.1"}:${port}` };
}

/** Settings of a run. Throws an error whose message is for the operator. Relative paths are the user's, not the checkout's. */
export function parseOptions(args, env) {
  const { values } = parseArgs({
    args,
    options: {
      configuration: { type: "string", short: "c" },
      "http-listen": { type: "string", default: "127.0.0.1:9700" },
      "grpc-listen": { type: "string", default: "127.0.0.1:9701" },
      "data-dir": { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  // npm runs scripts in the checkout and tells here where it was called.
  const home = env.INIT_CWD ?? process.cwd();
  const fromHome = (path) => (isAbsolute(path) ? path : join(home, path));
  const own = values.configuration !== undefined;
  return {
    help: values.help,
    http: address("http-listen", values["http-listen"]),
    grpc: address("grpc-listen", values["grpc-listen"]),
    dataDir: values["data-dir"] === undefined ? null : fromHome(values["data-dir"]),
    config: own ? fromHome(values.configuration) : join(root, "agent/sample/supervisord.conf"),
    isSample: !own,
    /** Where supervisord would have been called: relative paths of a config count from there. */
    home,
  };
}
