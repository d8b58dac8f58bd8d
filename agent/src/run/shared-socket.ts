// The socket of an fcgi-program: made before the first process that needs it, shared, closed with the last
// (supervisor 4.2.5 socket_manager.py).
import { chmodSync, chownSync, closeSync, rmSync } from "node:fs";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { Libc } from "./libc.js";
import { type ActivityLog, SpawnError } from "./ports.js";
import type { SocketSpec } from "./spec.js";

/** listen(2) cuts it down to what the system allows. */
const MOST_BACKLOG = 4096;

export class SharedSocket {
  readonly #spec: SocketSpec;
  readonly #log: ActivityLog;
  #fd: number | null = null;
  #holders = 0;

  constructor(spec: SocketSpec, log: ActivityLog) {
    this.#spec = spec;
    this.#log = log;
  }

  /** The listening socket, which stays open until as many `release` calls. Throws SpawnError naming the socket. */
  acquire(): number {
    if (this.#fd === null) {
      this.#log.info(`Creating socket ${this.#spec.url}`);
      try {
        this.#fd = this.#listen();
      } catch (error) {
        const reason = errnoOf(error) ?? (error instanceof Error ? error.message : String(error));
        throw new SpawnError(`Could not create FastCGI socket ${this.#spec.url}: ${reason}`);
      }
    }
    this.#holders += 1;
    return this.#fd;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders > 0 || this.#fd === null) return;
    this.#log.info(`Closing socket ${this.#spec.url}`);
    const fd = this.#fd;
    this.#fd = null;
    closeSync(fd);
  }

  #listen(): number {
    const libc = new Libc();
    const { address, backlog, mode, owner } = this.#spec;
    const pending = backlog || MOST_BACKLOG;
    if ("host" in address) return libc.listenTcp(address.host, address.port, pending);
    const { path } = address;
    rmSync(path, { force: true });
    try {
      return libc.listenUnix(path, pending, () => {
        if (owner !== null) chownSync(path, owner.uid, owner.gid);
        if (mode !== null) chmodSync(path, mode);
      });
    } catch (error) {
      rmSync(path, { force: true });
      throw error;
    }
  }
}
