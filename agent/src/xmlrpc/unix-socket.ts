// Listening on a unix socket file that appears complete, replaces a stale one and never steals a living one.
import { chmodSync, chownSync, existsSync, linkSync, statSync, unlinkSync } from "node:fs";
import type { Server } from "node:http";
import { createConnection } from "node:net";
import { constants } from "node:os";
import { dirname } from "node:path";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";

export interface SocketFileRules {
  readonly path: string;
  readonly mode: number;
  /** -1 leaves user or group as it is. */
  readonly owner: { readonly uid: number; readonly gid: number };
}

type Errno = keyof typeof constants.errno;

/** Why a host has no address: known to people by its number alone (netdb.h, EAI_NONAME and EAI_AGAIN). */
const RESOLVER_ERRORS: Readonly<Record<string, number>> = { ENOTFOUND: -2, EAI_AGAIN: -3 };

/** supervisord's words, which scripts know, with the address that it leaves out (options.py, openhttpservers). */
export function cannotListen(error: unknown, address: string): FleetError {
  const errno = errnoOf(error);
  if (errno === "EADDRINUSE") {
    return new FleetError(
      "conflict",
      "Another program is already listening on a port that one of our HTTP servers is configured to use.  " +
        `Shut this program down first before starting supervisord. (${address})`,
      { cause: error },
    );
  }
  const number = constants.errno[errno as Errno] ?? RESOLVER_ERRORS[errno ?? ""];
  const name = errno !== null && errno in constants.errno ? `errno.${errno} (${number})` : number;
  const what = name ?? FleetError.from(error).message;
  return new FleetError("unavailable", `Cannot open an HTTP server: socket.error reported ${what} (${address})`, {
    cause: error,
  });
}

/**
 * Binds under a temporary name, sets mode and owner, then links the file into place (supervisor 4.x http.py,
 * supervisor_unix_http_server). The result removes the file if it is still ours. Rejects with FleetError `conflict`
 * when somebody answers on the path.
 */
export async function listenOnSocketFile(server: Server, rules: SocketFileRules): Promise<() => void> {
  const { path } = rules;
  const temporary = `${path}.${process.pid}`;
  removeIfThere(temporary);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => {
      // libuv says EACCES, as Windows does, where there is no such directory.
      const isNowhere = errnoOf(error) === "EACCES" && !existsSync(dirname(path));
      reject(cannotListen(isNowhere ? Object.assign(error, { code: "ENOENT" }) : error, path));
    });
    server.listen({ path: temporary, backlog: 1024 }, resolve);
  });
  try {
    chmodSync(temporary, rules.mode);
    await linkIntoPlace(temporary, path);
    const { uid, gid } = rules.owner;
    if (uid >= 0 || gid >= 0) chown(path, uid, gid);
  } catch (error) {
    server.close();
    throw error;
  } finally {
    removeIfThere(temporary);
  }
  const inode = statSync(path).ino;
  return () => {
    try {
      if (statSync(path).ino === inode) unlinkSync(path);
    } catch {
      // Already gone.
    }
  };
}

async function linkIntoPlace(temporary: string, path: string): Promise<void> {
  try {
    linkSync(temporary, path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw cannotListen(error, path);
    if (await answers(path)) throw cannotListen(Object.assign(new Error("in use"), { code: "EADDRINUSE" }), path);
    process.stderr.write(`Unlinking stale socket ${path}\n`);
    removeIfThere(path);
    linkSync(temporary, path);
  }
}

/** -1 means unchanged; Node's chown wants the unsigned form of it. */
function chown(path: string, uid: number, gid: number): void {
  const { uid: ownUid, gid: ownGid } = statSync(path);
  try {
    chownSync(path, uid < 0 ? ownUid : uid, gid < 0 ? ownGid : gid);
  } catch (error) {
    throw new FleetError("forbidden", `Not permitted to chown ${path} to uid/gid (${uid}, ${gid})`, { cause: error });
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}
