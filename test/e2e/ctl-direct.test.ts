// fvctl's direct mode beside the real supervisorctl where no supervisord is needed: command line, config, servers that answer oddly.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import test from "node:test";
import { encodeFault, encodeResult } from "@fleetvisor/proto/xmlrpc/codec";
import { without } from "../helpers/needs.js";
import { FVCTL } from "../helpers/paths.js";
import { freePort } from "../helpers/ports.js";
import { type Finished, runProcess } from "../helpers/processes.js";
import { defer, type Scope } from "../helpers/scope.js";
import { startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const skip = without("supervisord", "supervisorctl");

type Client = "supervisorctl" | "fvctl";

function run(client: Client, args: readonly string[], stdin?: string, cwd?: string): Promise<Finished> {
  const options = { ...(stdin === undefined ? {} : { stdin }), ...(cwd === undefined ? {} : { cwd }) };
  return client === "supervisorctl"
    ? runProcess("supervisorctl", args, options)
    : runProcess(process.execPath, [FVCTL, ...args], options);
}

/** What may differ between two runs: folders, process ids, times, the Python source line, the program's own name. */
function normalized(finished: Finished, daemon: { readonly dir: string }): Finished {
  const clean = (text: string) =>
    text
      .replaceAll(daemon.dir, "DIR")
      .replace(/\bpid \d+/g, "pid N")
      .replace(/^\d+$/gm, (pid) => (pid === "0" ? pid : "N"))
      .replace(/\d+:\d\d:\d\d/g, "H:MM:SS")
      .replace(/[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, "DATE")
      .replace(/file: \S+ line: \d+$/gm, "file: FILE line: N")
      .replace(/^(For help, use )\S+/m, "$1CTL");
  return { ...finished, stdout: clean(finished.stdout), stderr: clean(finished.stderr) };
}

test("a wrong command line or config is said as supervisorctl says it", { skip }, async (t) => {
  const dir = tempDir(t);
  const port = await freePort();
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text);
    return join(dir, name);
  };
  const none = file("none.conf", "[supervisord]\n");
  const bad = file("bad.conf", "[supervisorctl]\nserverurl = unix://%(nowhere)s/x\n");
  const odd = file("odd.conf", "[supervisorctl]\nserverurl = ftp://x\n");
  const here = file(
    "here.conf",
    "[DEFAULT]\nusername = u\n[supervisorctl]\nserverurl : unix://%(here)s/../no.sock ; c\n",
  );
  const env = file("env.conf", "[supervisorctl]\nserverurl = unix://%(ENV_HOME)s/%%/no.sock\n");
  const tcp = file("tcp.conf", `[supervisorctl]\nserverurl = http://127.0.0.1:${port}\n`);
  const lines: readonly (readonly string[])[] = [
    ["-x", "status"],
    ["-c"],
    ["--nope"],
    ["--s"],
    ["--interactive=1"],
    ["-s", "nourl", "status"],
    ["-s", "http://a", "-s", "http://b", "status"],
    ["-c", join(dir, "missing.conf"), "status"],
    ["-c", dir, "status"],
    ["-c", none, "status"],
    ["-c", odd, "status"],
    ["-c", odd, "pid"],
    ["-c", here, "status"],
    ["-c", here, "shutdown"],
    ["-c", env, "pid"],
    ["-c", tcp, "status"],
    ["-c", tcp, "start", "x"],
    ["-c", tcp, "shutdown"],
    ["-c", tcp, "reload"],
    ["-c", tcp, "tail", "-f", "x"],
    ["-s", "http://no-such-host.invalid:1", "pid"],
  ];
  for (const args of lines) {
    const [expected, actual] = await Promise.all([run("supervisorctl", args), run("fvctl", args)]);
    assert.deepEqual(normalized(actual, { dir }), normalized(expected, { dir }), args.join(" "));
  }
  // The names on offer are those of each process's own environment; all else is the same.
  const cut = (finished: Finished) =>
    finished.stderr.replace(/(Available names: ).*/, "$1").replace(/^(For help, use )\S+/m, "$1CTL");
  const [expected, actual] = await Promise.all([
    run("supervisorctl", ["-c", bad, "status"]),
    run("fvctl", ["-c", bad, "status"]),
  ]);
  assert.equal(cut(actual), cut(expected));
  assert.equal(actual.code, expected.code);
});

/** A server that gives every call the same answer; `getVersion` may have one of its own. */
async function answering(t: Scope, status: number, body: string | null, version = body): Promise<string> {
  const server = createServer(async (request, response) => {
    const call = await text(request);
    const answer = call.includes("getVersion") ? version : body;
    if (answer === null) request.socket.destroy();
    else response.writeHead(status, { "Content-Type": "text/xml" }).end(answer);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  defer(t, () => server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return `http://127.0.0.1:${address.port}`;
}

test("without -c the first file of the search path counts", { skip }, async (t) => {
  const dir = tempDir(t);
  mkdirSync(join(dir, "etc"));
  const same = async (socket: string) => {
    for (const args of [["status"], ["-s", "unix:///given", "status"], ["--", "status"]]) {
      const seen = async (client: Client) => normalized(await run(client, args, undefined, dir), { dir });
      const [expected, actual] = await Promise.all([seen("supervisorctl"), seen("fvctl")]);
      assert.deepEqual(actual, expected, args.join(" "));
      assert.match(
        actual.stdout,
        args[0] === "-s" ? /^unix:\/\/\/given / : new RegExp(`^unix://DIR/${socket} no such file`),
      );
    }
  };
  writeFileSync(join(dir, "etc/supervisord.conf"), "[supervisorctl]\nserverurl = unix://%(here)s/../second.sock\n");
  await same("second.sock");
  writeFileSync(join(dir, "supervisord.conf"), "[supervisorctl]\nserverurl = unix://first.sock\n");
  await same("first.sock");
});

test("servers that answer oddly are told as supervisorctl tells them", { skip }, async (t) => {
  const ok = encodeResult("3.0");
  const servers: readonly (readonly [what: string, url: string, lines: readonly string[]])[] = [
    ["another API", await answering(t, 200, encodeResult("2.0")), ["status", "start x", "tail x", "shutdown"]],
    ["no namespace", await answering(t, 200, encodeFault(1, "UNKNOWN_METHOD")), ["status", "stop x", "fg x", "avail"]],
    ["shutting down", await answering(t, 200, encodeFault(6, "SHUTDOWN_STATE")), ["status", "pid", "update", "reload"]],
    ["hanging up", await answering(t, 200, null), ["status", "clear x", "shutdown", "reread"]],
    ["not found", await answering(t, 404, "no"), ["status", "signal HUP x", "add x"]],
    ["broken", await answering(t, 500, "oh"), ["status", "shutdown", "remove x"]],
    [
      "an odd fault",
      await answering(t, 200, encodeFault(99, "it's odd"), ok),
      ["status", "start x", "stop x:*", "restart x", "pid x", "clear x", "tail x", "maintail", "fg x", "update y"],
    ],
    [
      "failed",
      await answering(t, 200, encodeFault(30, "FAILED: no"), ok),
      ["start x", "stop x", "signal HUP x", "clear x", "tail x"],
    ],
  ];
  for (const [what, url, lines] of servers) {
    await Promise.all(
      lines.map(async (line) => {
        const args = ["-s", url, ...line.split(" ")];
        const [expected, actual] = await Promise.all([run("supervisorctl", args), run("fvctl", args)]);
        assert.deepEqual(normalized(actual, { dir: url }), normalized(expected, { dir: url }), `${what}: ${line}`);
      }),
    );
  }
});

test("help knows every command of supervisorctl's, in our own words", { skip }, async () => {
  const named = async (client: Client) => {
    const { stdout, code } = await run(client, ["-s", "unix:///nowhere", "help"]);
    assert.equal(code, 0);
    return (/=+\n([\s\S]*)/.exec(stdout)?.[1] ?? "").split(/\s+/).filter((word) => word !== "");
  };
  const [theirs, ours] = await Promise.all([named("supervisorctl"), named("fvctl")]);
  assert.deepEqual(ours.toSorted(), [...theirs, "help"].toSorted());
  await Promise.all(
    ours.map(async (word) => {
      const { stdout, stderr, code } = await run("fvctl", ["-s", "unix:///nowhere", "help", word]);
      assert.match(stdout, new RegExp(`^${word}\\b.*\\t`));
      assert.deepEqual({ stderr, code }, { stderr: "", code: 0 });
    }),
  );
});

test("what supervisorctl does not have: help by option, a word about plugins in Python", async (t) => {
  const dir = tempDir(t);
  const conf = join(dir, "x.conf");
  writeFileSync(conf, "[supervisorctl]\nserverurl = unix:///x\n[ctlplugin:cache]\nsupervisor.ctl_factory = a.b:c\n");
  const help = await run("fvctl", ["-c", conf, "help", "pid"]);
  assert.match(help.stdout, /^pid\t/);
  assert.deepEqual(await run("fvctl", ["-c", conf, "pid", "--help"]), help);
  assert.deepEqual(await run("fvctl", ["-c", conf, "cache_clear"]), {
    code: 1,
    signal: null,
    stdout: "*** Unknown syntax: cache_clear\n",
    stderr: "note: [ctlplugin:cache] is a plugin in Python, which fvctl leaves out\n",
  });
});

test("an INI syntax error is told with file and line, where supervisorctl shows a traceback", async (t) => {
  const dir = tempDir(t);
  const conf = join(dir, "x.conf");
  writeFileSync(conf, "[supervisorctl]\nserverurl = unix:///x\nwhat is this\n");
  const finished = await run("fvctl", ["-c", conf, "status"]);
  assert.equal(finished.code, 2);
  assert.equal(
    finished.stderr,
    `Error: Source contains parsing errors: '${conf}'\n\t[line  3]: 'what is this\\n'\nFor help, use fvctl -h\n`,
  );
});

test("a reader that goes away ends fvctl quietly", { skip }, async (t) => {
  const sections = '[program:ticks]\ncommand = /bin/sh -c "while :; do echo tick; sleep 0.2; done"\n';
  const daemon = await startDaemon(t, { kind: "supervisord", sections });
  const script = '"$0" "$1" -c "$2" tail -f ticks | head -1';
  const args = ["-c", script, process.execPath, FVCTL, daemon.configFile];
  const finished = await runProcess("/bin/sh", args, { withinMs: 20_000 });
  assert.equal(finished.stdout, "==> Press Ctrl-C to exit <==\n");
  assert.equal(finished.stderr, "");
});
