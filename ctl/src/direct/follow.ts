// Follows a log over HTTP (`/logtail/...`, `/mainlogtail`; supervisor-compat.md 5.9, 7.7) until Ctrl-C or the server's end.
import { Agent } from "node:http";
import type { Ctl } from "./ctl.js";
import { pythonException } from "./python.js";
import { exchange, requestTarget, type Server } from "./rpc.js";

/** How a followed log ended: by itself, or with a failure to be told on stderr after the address. */
export type FollowEnd = { readonly failure: string | null };

/** Streams the bytes at `path` (as typed, unescaped) to `write`, no faster than that takes them, until `signal` or the end. */
export async function streamLog(
  server: Server,
  path: string,
  write: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal,
): Promise<FollowEnd> {
  // supervisord sends nothing of an endless answer to a client that asks for `Connection: close`.
  const agent = new Agent({ keepAlive: true });
  try {
    return await streamBody(server, path, write, signal, agent);
  } finally {
    agent.destroy();
  }
}

async function streamBody(
  server: Server,
  path: string,
  write: (bytes: Uint8Array) => Promise<void>,
  signal: AbortSignal,
  agent: Agent,
): Promise<FollowEnd> {
  let answer: Awaited<ReturnType<typeof exchange>>;
  try {
    const target = requestTarget(server);
    const escaped = path.split("/").map(encodeURIComponent).join("/");
    answer = await exchange({ ...target, path: escaped, agent, signal });
  } catch (error) {
    if (signal.aborted) return { failure: null };
    const { pythonClass, value } = pythonException(error);
    return { failure: `Cannot connect, error: <class '${pythonClass}'> (${value})` };
  }
  if (answer.statusCode !== 200) {
    answer.destroy();
    return { failure: `Cannot read, status code ${answer.statusCode}` };
  }
  try {
    for await (const chunk of answer) await write(chunk as Buffer);
  } catch {
    // The server went away or Ctrl-C came: both end a followed log silently.
  }
  return { failure: null };
}

/** `tail -f` and `maintail -f`: says how to leave, streams, and ends with an empty line after Ctrl-C. Exit status unchanged. */
export async function follow(ctl: Ctl, path: string): Promise<void> {
  await ctl.out("==> Press Ctrl-C to exit <==");
  await ctl.io.untilInterrupted(async (signal) => {
    const { failure } = await streamLog(ctl.server, path, (bytes) => ctl.io.out(bytes), signal);
    if (failure !== null) await ctl.io.err(`${ctl.server.url}${path} ${failure}\n`);
    if (signal.aborted) await ctl.out("");
  });
}
