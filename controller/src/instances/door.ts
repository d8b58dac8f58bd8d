// The agents' TCP port: lets new connections in a few at a time, so that thousands that come back at once are served one after the
// other, and ends those that come to nothing. What is said on them is left to who takes them.
import { createServer, type Server, type Socket } from "node:net";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Address, formatAddress } from "../config/keys.js";

export interface DoorLimits {
  /** Connections in all, those that wait included; further ones are closed at once and come back later. */
  readonly connections: number;
  /** Connections that may wait to be let in. */
  readonly waiting: number;
  /** Connections on their way in at a time. */
  readonly entering: number;
  /** A connection holds its place on the way in no longer than this, so that silent ones keep nobody out for long, */
  readonly placeMs: number;
  /** and is ended when it has not entered after this. */
  readonly enterMs: number;
}

/** A handshake costs some milliseconds of the main loop: 32 of them are a tenth of a second of work. */
export const DOOR_LIMITS: DoorLimits = {
  connections: 16_000,
  waiting: 6_000,
  entering: 32,
  placeMs: 500,
  enterMs: 10_000,
};

interface Entering {
  readonly socket: Socket;
  readonly timer: NodeJS.Timeout;
  /** Still one of `limits.entering`. */
  placed: boolean;
}

export class Door implements Lifecycle {
  readonly #listen: Address;
  readonly #limits: DoorLimits;
  readonly #take: (socket: Socket) => void;
  readonly #server: Server;
  /** In the order of their coming. */
  readonly #waiting = new Set<Socket>();
  /** By the peer's address. */
  readonly #entering = new Map<string, Entering>();
  #placed = 0;
  #refused = 0;
  #stopped = false;

  /** `take` is given each connection when its turn has come, unread; `entered` is to be called once it amounts to something. */
  constructor(listen: Address, take: (socket: Socket) => void, limits: DoorLimits = DOOR_LIMITS) {
    this.#listen = listen;
    this.#limits = limits;
    this.#take = take;
    this.#server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => this.#arrive(socket));
    this.#server.maxConnections = limits.connections;
    this.#server.on("drop", () => {
      this.#refused += 1;
    });
  }

  /** The port listened on, with the one that the system chose if it was asked to. */
  get port(): number {
    const bound = this.#server.address();
    return typeof bound === "object" && bound !== null ? bound.port : this.#listen.port;
  }

  /** Connections that were closed at once, because there were too many. */
  get refused(): number {
    return this.#refused;
  }

  /** Rejects with `unavailable` when the address cannot be used. */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", (error) => {
        const reason = errnoOf(error) === "EADDRINUSE" ? "the address is in use" : error.message;
        const message = `cannot listen for agents on ${formatAddress(this.#listen)}: ${reason}`;
        reject(new FleetError("unavailable", message, { cause: error }));
      });
      this.#server.listen({ ...this.#listen, backlog: 1_024 }, resolve);
    });
  }

  /** Lets nobody in any more. Connections that entered are left to who took them. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
    this.#waiting.clear();
    for (const { socket, timer } of [...this.#entering.values()]) {
      clearTimeout(timer);
      socket.destroy();
    }
  }

  /** The connection from this address ("127.0.0.1:40312") has shown what it wants. May be called at any time. */
  entered(peer: string): void {
    const entering = this.#entering.get(peer);
    if (entering === undefined) return;
    clearTimeout(entering.timer);
    this.#entering.delete(peer);
    this.#leavePlace(entering);
  }

  #arrive(socket: Socket): void {
    // A peer that breaks off is no news here.
    socket.on("error", () => {});
    if (this.#stopped || this.#waiting.size >= this.#limits.waiting) {
      this.#refused += 1;
      socket.destroy();
      return;
    }
    this.#waiting.add(socket);
    socket.once("close", () => this.#waiting.delete(socket));
    this.#letIn();
  }

  #letIn(): void {
    for (const socket of this.#waiting) {
      if (this.#placed >= this.#limits.entering) return;
      this.#waiting.delete(socket);
      this.#enter(socket);
    }
  }

  #enter(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    const { placeMs, enterMs } = this.#limits;
    const overdue = () => socket.destroy();
    const entering: Entering = {
      socket,
      timer: setTimeout(() => {
        this.#leavePlace(entering);
        this.#entering.set(peer, { ...entering, timer: setTimeout(overdue, enterMs - placeMs) });
      }, placeMs),
      placed: true,
    };
    this.#placed += 1;
    this.#entering.set(peer, entering);
    socket.once("close", () => this.entered(peer));
    this.#take(socket);
  }

  #leavePlace(entering: Entering): void {
    if (!entering.placed) return;
    entering.placed = false;
    this.#placed -= 1;
    if (!this.#stopped) this.#letIn();
  }
}
