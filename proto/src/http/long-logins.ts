// Makes whole what supervisorctl's `tail -f` and `maintail -f` send: Python's base64 breaks a login of more than 57 bytes over several lines,
// and the bare line feeds in the header make an HTTP server refuse the request. supervisord takes the first line for the whole login.
import type { Server, Socket } from "node:net";

/** A head is held back until its end is there, or so much, or for so long; then it is for the server to judge as it is. */
const MOST_HEAD_BYTES = 16 * 1024;
const HOLD_MS = 10_000;
/** What the follower begins with; it sends its request line first. */
const BEGINNINGS = ["GET /logtail", "GET /mainlogtail"] as const;
const LOGIN = /(\r\nAuthorization: Basic )([A-Za-z0-9+/=]+(?:\n[A-Za-z0-9+/=]+)+)(?=\r\n)/i;

/** The head of a request with its login on one line. */
export function mendHead(head: string): string {
  return head.replace(LOGIN, (_, name: string, value: string) => name + value.replaceAll("\n", ""));
}

/** Whether the bytes so far are, or could come to be, such a head that is not complete. */
export function isOpenHead(head: string): boolean {
  const isFollower = BEGINNINGS.some((beginning) => head.startsWith(beginning.slice(0, head.length)));
  return isFollower && head.length < MOST_HEAD_BYTES && !head.includes("\r\n\r\n");
}

/** Looks at each connection of a server before it does. The result lets go of those that are held back. */
export function mendLongLogins(server: Server): () => void {
  const take = server.listeners("connection") as ((socket: Socket) => void)[];
  const held = new Set<Socket>();
  server.removeAllListeners("connection");
  server.on("connection", (socket: Socket) => {
    let head = Buffer.alloc(0);
    const done = () => {
      clearTimeout(timer);
      held.delete(socket);
      socket.off("data", look);
      socket.off("close", done);
      socket.off("end", gone);
      socket.off("error", ignore);
    };
    const pass = () => {
      done();
      socket.pause();
      if (head.length > 0) socket.unshift(Buffer.from(mendHead(head.toString("latin1")), "latin1"));
      for (const listener of take) listener.call(server, socket);
      socket.resume();
    };
    const look = (chunk: Buffer) => {
      head = Buffer.concat([head, chunk]);
      if (!isOpenHead(head.toString("latin1"))) pass();
    };
    // The server allows half-open connections, so one that said nothing and left would hold its place until the time is over.
    const gone = () => socket.destroy();
    const timer = setTimeout(pass, HOLD_MS);
    held.add(socket);
    socket.on("data", look);
    socket.once("end", gone);
    socket.once("close", done);
    socket.on("error", ignore);
  });
  return () => {
    for (const socket of [...held]) socket.destroy();
  };
}

/** A peer that breaks off is no news here. */
function ignore(): void {}
