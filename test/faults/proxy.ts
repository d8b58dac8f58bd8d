// A TCP proxy of the test's own between an agent and its controller: lets through, delays, stalls, half-closes and cuts.
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { defer, type Scope } from "../helpers/scope.js";

/** What happens to bytes: `pass` at once, `delay` after up to `delayMs` in order, `stall` not before it ends, `refuse` no connection. */
export type Weather = "pass" | "delay" | "stall" | "refuse";

interface Held {
  readonly dueMs: number;
  readonly chunk: Buffer;
}

/** One direction of one connection: bytes come out in the order in which they went in. */
class Pipe {
  readonly #proxy: LinkProxy;
  readonly #from: Socket;
  readonly #to: Socket;
  #held: Held[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(proxy: LinkProxy, from: Socket, to: Socket) {
    this.#proxy = proxy;
    this.#from = from;
    this.#to = to;
    from.on("data", (chunk: Buffer) => {
      const dueMs = performance.now() + proxy.lag();
      this.#held.push({ dueMs: Math.max(dueMs, this.#held.at(-1)?.dueMs ?? 0), chunk });
      this.flush();
    });
    from.on("end", () => this.#to.end());
    from.on("error", () => this.#to.destroy());
    from.on("close", () => {
      if (this.#timer !== null) clearTimeout(this.#timer);
      this.#to.destroy();
    });
  }

  /** Lets out what is due; the rest waits for its time. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#proxy.weather === "stall" || this.#to.destroyed) return;
    const now = performance.now();
    while (this.#held[0] !== undefined && (this.#held[0].dueMs <= now || this.#proxy.weather === "pass")) {
      this.#to.write(this.#held.shift()?.chunk ?? Buffer.alloc(0));
    }
    const next = this.#held[0];
    if (next !== undefined) this.#timer = setTimeout(() => this.flush(), next.dueMs - now);
  }

  /** The sender ends this direction while the other stays open. */
  halfClose(): void {
    this.#from.pause();
    this.#to.end();
  }
}

export class LinkProxy {
  readonly #server: Server;
  readonly #upstreamPort: number;
  readonly #random: () => number;
  readonly #pipes = new Set<Pipe>();
  readonly #sockets = new Set<Socket>();
  #weather: Weather = "pass";
  #delayMs = 0;

  private constructor(server: Server, upstreamPort: number, random: () => number) {
    this.#server = server;
    this.#upstreamPort = upstreamPort;
    this.#random = random;
    server.on("connection", (socket: Socket) => this.#take(socket));
  }

  /** Listens on a port of its own until the test is over. `random` is in [0, 1). */
  static async start(t: Scope, upstreamPort: number, random: () => number): Promise<LinkProxy> {
    const server = createServer({ noDelay: true, allowHalfOpen: true });
    const proxy = new LinkProxy(server, upstreamPort, random);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    defer(t, () => {
      server.close();
      proxy.cut();
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the proxy has no port");
    return address.port;
  }

  get weather(): Weather {
    return this.#weather;
  }

  set(weather: Weather, delayMs = 0): void {
    this.#weather = weather;
    this.#delayMs = delayMs;
    for (const pipe of this.#pipes) pipe.flush();
  }

  /** How much later a chunk that comes now goes on. */
  lag(): number {
    return this.#weather === "delay" ? this.#random() * this.#delayMs : 0;
  }

  /** Ends every connection without a word. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Ends one direction, drawn by lot, of every connection. */
  halfClose(): void {
    for (const pipe of this.#pipes) if (this.#random() < 0.5) pipe.halfClose();
  }

  #take(agent: Socket): void {
    if (this.#weather === "refuse") {
      agent.destroy();
      return;
    }
    const controller = connect({ port: this.#upstreamPort, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
    const pipes = [new Pipe(this, agent, controller), new Pipe(this, controller, agent)];
    for (const pipe of pipes) this.#pipes.add(pipe);
    for (const socket of [agent, controller]) {
      this.#sockets.add(socket);
      socket.once("close", () => {
        this.#sockets.delete(socket);
        for (const pipe of pipes) this.#pipes.delete(pipe);
      });
    }
  }
}
