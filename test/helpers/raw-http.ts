// Bytes written to a daemon's socket as they are, and what comes back: for requests that no HTTP library would send.
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Endpoint } from "./xmlrpc.js";

export interface RawAnswer {
  /** Everything that came, a byte a character. */
  readonly text: string;
  /** Whether the daemon closed the connection. */
  readonly closed: boolean;
}

/** Nothing more is expected when it was quiet for so long; before the first byte there is more patience. */
const QUIET_MS = 200;
const PATIENCE_MS = 2500;

export function openSocket(endpoint: Endpoint): Promise<Socket> {
  const { socketPath, port } = endpoint;
  return new Promise((resolve, reject) => {
    const where = socketPath === undefined ? { port: port ?? 0, host: "127.0.0.1" } : { path: socketPath };
    const socket = connect(where, () => resolve(socket));
    socket.once("error", reject);
  });
}

/** Writes the pieces, each in a packet of its own, and collects the answer until it is closed or quiet. */
export async function exchange(endpoint: Endpoint, ...pieces: (string | Buffer)[]): Promise<RawAnswer> {
  const socket = await openSocket(endpoint);
  const chunks: Buffer[] = [];
  let closed = false;
  let lastMs = 0;
  socket.on("error", () => undefined);
  socket.on("close", () => {
    closed = true;
  });
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    lastMs = performance.now();
  });
  for (const piece of pieces) {
    socket.write(piece);
    if (pieces.length > 1) await sleep(20);
  }
  const startMs = performance.now();
  while (!closed) {
    const nowMs = performance.now();
    if (chunks.length > 0 ? nowMs - lastMs > QUIET_MS : nowMs - startMs > PATIENCE_MS) break;
    await sleep(10);
  }
  socket.destroy();
  return { text: Buffer.concat(chunks).toString("latin1"), closed };
}
