// fvctl's direct mode beside the real supervisorctl where no supervisord is needed: command line, config, servers that answer oddly.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { without } from "../helpers/needs.js";
import { FVCTL } from "../helpers/paths.js";
import { freePort } from "../helpers/ports.js";
import { type Finished, runProcess } from "../helpers/processes.js";
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
