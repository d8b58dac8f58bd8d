// FastCGI programs share one listening socket as standard input, made and closed when supervisord makes and closes it.
import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { connect, type NetConnectOpts } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { ROOT } from "../helpers/paths.js";
import { freePort } from "../helpers/ports.js";
import { type Daemon, type DaemonKind, startDaemon } from "../helpers/supervisord.js";

const skip = without("supervisord", "python3");
const KINDS: readonly DaemonKind[] = ["supervisord", "fvagent"];
const ACCEPTS = `/usr/bin/python3 ${join(ROOT, "test/fixtures/python/accepts.py")}`;

/** What the other end says until it closes, or the errno of the refusal. */
function ask(target: NetConnectOpts): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(target);
    socket.setEncoding("utf8");
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.on("end", () => resolve(text));
  });
}

/** Lines about sockets, without the time. */
const socketLines = (daemon: Daemon) =>
  daemon
    .log()
    .split("\n")
    .filter((line) => /(Creating|Closing) socket/.test(line))
    .map((line) => line.replace(/^\S+ \S+ /, ""));

async function compare(story: (kind: DaemonKind) => Promise<unknown>): Promise<void> {
  const [theirs, ours] = await Promise.all(KINDS.map(story));
  assert.deepEqual(ours, theirs);
}

describe("fcgi-program", { skip }, () => {
  test("a UNIX socket: its mode, both processes behind it, and its end", async (t) => {
    await compare(async (kind) => {
      const daemon = await startDaemon(t, {
        kind,
        sections: `[fcgi-program:web]
command = ${ACCEPTS}
socket = unix://{dir}/web.sock
socket_mode = 0750
process_name = %(process_num)d
numprocs = 2
startsecs = 0
`,
      });
      const path = join(daemon.dir, "web.sock");
      const pids = await Promise.all(
        ["web:0", "web:1"].map((name) =>
          eventually(async () => {
            const { pid, statename } = await daemon.info(name);
            return statename === "RUNNING" && Number(pid);
          }),
        ),
      );
      const answered = new Set<number>();
      await eventually(async () => {
        answered.add(Number(await ask({ path })));
        // Which of them the kernel wakes is its own affair: the other gets its turn while one is stopped.
        const [first] = answered;
        if (answered.size === 1 && first !== undefined) process.kill(first, "SIGSTOP");
        return answered.size === 2;
      });
      for (const pid of answered) process.kill(pid, "SIGCONT");
      assert.deepEqual([...answered].sort(), [...pids].sort());
      const mode = (statSync(path).mode & 0o7777).toString(8);
      const fault = await daemon.rpc("sendProcessStdin", "web:0", "x").catch((error: Error) => error.message);
      await daemon.rpc("stopProcess", "web:0");
      const withOne = await ask({ path });
      assert.equal(Number(withOne), pids[1]);
      await daemon.rpc("stopProcess", "web:1");
      const withNone = await ask({ path });
      await daemon.rpc("startProcess", "web:0");
      const again = Number(await ask({ path })) === Number((await daemon.info("web:0")).pid);
      const lines = socketLines(daemon).map((line) => line.replaceAll(daemon.dir, "DIR"));
      return { mode, fault: String(fault).replaceAll(daemon.dir, "DIR"), withNone, again, lines };
    });
  });

  test("a TCP socket by name, and a start that fails lets go of it", async (t) => {
    await compare(async (kind) => {
      const port = await freePort();
      const daemon = await startDaemon(t, {
        kind,
        sections: `[fcgi-program:web]
command = ${ACCEPTS}
socket = tcp://LOCALHOST:${port}
startsecs = 0

[fcgi-program:missing]
command = ${ACCEPTS}
stdout_logfile = {dir}
socket = unix://{dir}/missing.sock
autostart = false
startretries = 0
`,
      });
      await eventually(async () => (await daemon.info("web")).statename === "RUNNING");
      const answer = Number(await ask({ host: "127.0.0.1", port }));
      assert.equal(answer, (await daemon.info("web")).pid);
      await daemon.rpc("startProcess", "missing").catch(() => {});
      await eventually(async () => (await daemon.info("missing")).statename === "FATAL");
      const refused = await ask({ path: join(daemon.dir, "missing.sock") });
      const lines = socketLines(daemon).map((line) => line.replaceAll(daemon.dir, "DIR").replace(`${port}`, "PORT"));
      return { refused, lines: lines.filter((line) => !line.includes("missing")).concat(refused) };
    });
  });

  test("a socket that cannot be made stops the daemon from starting, and says which", async (t) => {
    const dir = "/proc/no-such-place";
    await assert.rejects(
      startDaemon(t, {
        kind: "fvagent",
        sections: `[fcgi-program:web]\ncommand = /bin/true\nsocket = unix://${dir}/web.sock\n`,
      }),
      /Could not create FastCGI socket unix:\/\/\/proc\/no-such-place\/web\.sock: ENOENT/,
    );
  });
});
