// What programs write and where it goes, beside the real supervisord: files and their modes, rotation, escape sequences, devices.
import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { NEEDS_BOTH, onBoth } from "../helpers/both.js";
import { eventually } from "../helpers/eventually.js";
import { program } from "../helpers/paths.js";
import { startProcess } from "../helpers/processes.js";
import { type Daemon, daemonCommand, daemonConfig, startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

/** Logs of a name, backups included, with what is in them. */
const logs = (dir: string, name: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(dir)
      .filter((file) => file.startsWith(name))
      .sort()
      .map((file) => [file, readFileSync(join(dir, file), "utf8")]),
  );

/** Has a program that repeats its standard input say something, and waits until that is in a log. */
async function says(daemon: Daemon, name: string, line: string, log: string): Promise<void> {
  await daemon.rpc("sendProcessStdin", name, `${line}\n`);
  await eventually(() => Object.values(logs(daemon.dir, log)).join("").includes(line), {
    what: `${line} in ${log} of ${daemon.kind}`,
    context: daemon.log,
  });
}

describe("logs of programs", { skip: NEEDS_BOTH, concurrency: 2 }, () => {
  test("rotate after the write that reaches the limit, backups counted, without any emptied", async (t) => {
    const rotating = (name: string, maxBytes: number | string, backups: number) => `[program:${name}]
command = /bin/cat
startsecs = 0
stdout_logfile = {dir}/${name}.log
stdout_logfile_maxbytes = ${maxBytes}
stdout_logfile_backups = ${backups}
`;
    const cases = { two: [25, 2], none: [25, 0], never: [0, 2], exact: [10, 1] } as const;
    const sections = Object.entries(cases).map(([name, [maxBytes, backups]]) => rotating(name, maxBytes, backups));
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, sections: sections.join("") });
      const seen: Record<string, unknown> = {};
      for (const name of Object.keys(cases)) {
        const steps: unknown[] = [];
        for (let n = 1; n <= 9; n++) {
          const before = JSON.stringify(logs(daemon.dir, `${name}.log`));
          await daemon.rpc("sendProcessStdin", name, `${name} ${n} of 9\n`);
          await eventually(() => JSON.stringify(logs(daemon.dir, `${name}.log`)) !== before, { context: daemon.log });
          // A rotation is several steps.
          await sleep(100);
          steps.push(logs(daemon.dir, `${name}.log`));
        }
        seen[name] = steps;
      }
      return seen;
    });
    assert.deepEqual(ours, theirs);
  });

  test("are appended to, made with the umask, left out, joined, found from the daemon's directory", async (t) => {
    const both = `/bin/sh -c "echo out; echo err >&2; exec sleep 1000081"`;
    const sections = `[program:appends]
command = ${both}
stdout_logfile = {dir}/old.log
stderr_logfile = {dir}/fresh.err

[program:joined]
command = ${both}
redirect_stderr = true
stdout_logfile = {dir}/joined.log
stderr_logfile = {dir}/never.err

[program:silent]
command = ${both}
stdout_logfile = NONE
stderr_logfile = off

[program:empty]
command = ${both}
stdout_logfile =
stderr_logfile = {dir}/empty.err

[program:relative]
command = ${both}
directory = /
stdout_logfile = relative.log
stderr_logfile = NONE

[program:linked]
command = ${both}
stdout_logfile = {dir}/link.log
stderr_logfile = /dev/null
stderr_logfile_maxbytes = 0
`.replaceAll("command =", "startsecs = 0\ncommand =");
    const [theirs, ours] = await onBoth(async (kind) => {
      const dir = tempDir(t);
      writeFileSync(join(dir, "old.log"), "before\n", { mode: 0o640 });
      mkdirSync(join(dir, "elsewhere"));
      symlinkSync("elsewhere/target.log", join(dir, "link.log"));
      const before = process.umask(0o027);
      const starting = startDaemon(t, { kind, sections, dir });
      process.umask(before);
      const daemon = await starting;
      for (const [name, said] of [
        ["old.log", "before\nout\n"],
        ["fresh.err", "err\n"],
        ["joined.log", "out\nerr\n"],
        ["empty.err", "err\n"],
        ["relative.log", "out\n"],
        ["elsewhere/target.log", "out\n"],
      ] as const) {
        const file = join(dir, name);
        await eventually(() => existsSync(file) && readFileSync(file, "utf8") === said, { what: `${name} of ${kind}` });
      }
      const infos = await daemon.rpc("getAllProcessInfo");
      assert.ok(Array.isArray(infos));
      const named = infos.map((info) => {
        const { name = "", stdout_logfile = "", stderr_logfile = "" } = info as Record<string, string>;
        return [name, stdout_logfile, stderr_logfile].map((each) =>
          String(each)
            .replace(dir, "DIR")
            .replace(/\w{8}\.log$/, "RANDOM.log"),
        );
      });
      const files = readdirSync(dir)
        .filter((name) => /\.(log|err)$/.test(name) && !/main/.test(name))
        .map((name) => [
          name.replace(/\w{8}\.log$/, "RANDOM.log"),
          (statSync(join(dir, name)).mode & 0o777).toString(8),
        ]);
      const configured = await daemon.rpc("getAllConfigInfo");
      assert.ok(Array.isArray(configured));
      const asked = configured.map((info) => (info as Record<string, string>).stdout_logfile?.replace(dir, "DIR"));
      return { named, files, asked: asked.map((path) => path?.replace(/\w{8}\.log$/, "RANDOM.log")) };
    });
    assert.deepEqual(ours, theirs);
  });

  test("lose terminal escapes with strip_ansi, and those alone", async (t) => {
    const escapes = [
      "\\033[31mred\\033[0m plain",
      "a\\033[2Jb\\033[Kc\\033[10;20Hd",
      "title \\033]0;x\\007 kept",
      "\\033[1;32;40mbold\\033[m end \\033[?25lhidden",
    ];
    const sections = `[program:red]
command = /bin/sh -c "printf '${escapes.join("\\n").replaceAll("%", "%%")}\\nend\\n'; exec sleep 1000082"
startsecs = 0
stdout_logfile = {dir}/red.log
`;
    for (const strip of [true, false]) {
      const [theirs, ours] = await onBoth(async (kind) => {
        const daemon = await startDaemon(t, { kind, sections, supervisord: `strip_ansi = ${strip}` });
        return eventually(() => {
          const { "red.log": text = "" } = logs(daemon.dir, "red.log");
          return text.endsWith("end\n") && text;
        });
      });
      assert.equal(ours, theirs, `strip_ansi = ${strip}`);
    }
  });

  test("go to the daemon's own output under its names, and to nobody's file", async (t) => {
    const sections = `[program:out]
command = /bin/sh -c "echo to stdout; exec sleep 1000083"
stdout_logfile = /dev/stdout
stdout_logfile_maxbytes = 0
stderr_logfile = NONE

[program:fd]
command = /bin/sh -c "echo to fd 1; exec sleep 1000084"
stdout_logfile = /dev/fd/1
stdout_logfile_maxbytes = 0
stderr_logfile = NONE

[program:err]
command = /bin/sh -c "echo to stderr >&2; exec sleep 1000085"
stdout_logfile = NONE
stderr_logfile = /dev/stderr
stderr_logfile_maxbytes = 0
`.replaceAll("command =", "startsecs = 0\ncommand =");
    const [theirs, ours] = await onBoth(async (kind) => {
      const dir = tempDir(t);
      const config = join(dir, "supervisord.conf");
      writeFileSync(config, daemonConfig(dir, null, { kind, sections }));
      // Pipes of the shell's: what Node gives a child is a socket, which nobody can open by name.
      const shell = await startProcess(t, "sh", ["-c", `${daemonCommand(kind)} -n -c ${config} 2>&1 | cat`], {
        cwd: dir,
      });
      const [, pid] = await shell.says(/started with pid (\d+)\n/);
      for (const line of ["to stdout", "to fd 1", "to stderr"]) await shell.says(new RegExp(`^${line}$`, "m"));
      process.kill(Number(pid), "SIGTERM");
      await shell.ended;
      const said = shell
        .output()
        .split("\n")
        .filter((line) => line.startsWith("to "))
        .sort();
      return {
        said,
        files: readdirSync(dir),
        devices: ["/dev/stdout", "/dev/stderr"].map((device) => existsSync(device)),
      };
    });
    assert.deepEqual(ours, theirs);
  });

  test("are opened again by name on SIGUSR2, those of what runs and the main log", async (t) => {
    const sections = `[program:cat]\ncommand = ${program("repeats-stdin.sh")}\nstartsecs = 0\nstdout_logfile = {dir}/cat.log\n[program:off]\ncommand = /bin/cat\nautostart = false\nstdout_logfile = {dir}/off.log\n`;
    const [theirs, ours] = await onBoth(async (kind) => {
      const daemon = await startDaemon(t, { kind, sections });
      await says(daemon, "cat", "one", "cat.log");
      for (const name of ["cat.log", "main.log"]) renameSync(join(daemon.dir, name), join(daemon.dir, `moved-${name}`));
      process.kill(daemon.pid, "SIGUSR2");
      await eventually(() => existsSync(join(daemon.dir, "cat.log")) && existsSync(join(daemon.dir, "main.log")));
      await says(daemon, "cat", "two", "cat.log");
      const files = readdirSync(daemon.dir).filter((name) => /^(moved-)?(cat|main|off)\.log/.test(name));
      return { files, kept: logs(daemon.dir, "moved-cat.log"), fresh: logs(daemon.dir, "cat.log") };
    });
    assert.deepEqual(ours, theirs);
  });
});
