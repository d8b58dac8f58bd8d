// The first and the last moments of a daemon: until it answers, and until it is gone.
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { type Bench, inTurns, under } from "../bench.js";
import { allRunning, boot, msSince, quantile, withDaemon } from "../daemon.js";

const PROGRAMS = 20;
const STARTS = 9;

const CALL = "<methodCall><methodName>supervisor.getState</methodName></methodCall>";
const REQUEST = `POST /RPC2 HTTP/1.1\r\nContent-Type: text/xml\r\nContent-Length: ${CALL.length}\r\n\r\n${CALL}`;

/** One attempt on a bare socket, since a client that is slower than the daemon would be measured instead. */
function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.on("connect", () => socket.write(REQUEST));
    socket.on("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

export const first: Bench = {
  name: "first",
  figures: [
    {
      key: "ms",
      label: `exec to first RPC answered, median of ${STARTS} (ms)`,
      target: "no later",
      reached: (ours, theirs) => !(ours > theirs),
    },
  ],
  take: async (kinds, { dir }) => {
    const samples = kinds.map(() => [] as number[]);
    // By turns, so that what else the machine does meets both.
    for (let i = 0; i < STARTS; i++) {
      for (const [at, kind] of kinds.entries()) {
        await withDaemon(boot(kind, dir, ""), async (daemon) => {
          while (!(await answers(`${daemon.dir}/sv.sock`))) await sleep(1);
          samples[at]?.push(msSince(daemon.execNs));
        });
      }
    }
    return Object.fromEntries(kinds.map((kind, at) => [kind, { ms: quantile(samples[at] ?? [], 0.5) }]));
  },
};

export const last: Bench = {
  name: "last",
  figures: [
    {
      key: "ms",
      label: `SIGTERM to exit with ${PROGRAMS} programs, each a group (ms)`,
      target: "< 500",
      reached: under(500),
    },
  ],
  take: inTurns(async (kind, { dir, programs }) => {
    const section = (name: string) => `[program:${name}]\ncommand = ${programs.trail} {dir}/trail\nstartsecs = 0\n`;
    const sections = Array.from({ length: PROGRAMS }, (_, i) => section(`p${i}`)).join("");
    const daemon = boot(kind, dir, sections);
    await allRunning(daemon, PROGRAMS);
    return { ms: await daemon.stop() };
  }),
};
