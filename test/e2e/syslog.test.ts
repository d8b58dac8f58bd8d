// What reaches the system's log: a daemon in a mount namespace whose /dev/log is the test's own socket, ours beside the real one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { startProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { type DaemonKind, daemonCommand, daemonConfig } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

/** Prints each datagram as JSON. Node has no sockets of this kind. */
const RECEIVER = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
while True:
    print(json.dumps(s.recv(65536).decode("utf-8", "replace")), flush=True)
`;

/** A /dev of its own for what follows the first two arguments: the usual devices, and the socket as its log. */
const WITH_OWN_LOG = `
set -e
dev=$1 socket=$2; shift 2
mkdir "$dev"; mount -t tmpfs fleetvisor-test "$dev"
for name in null zero full random urandom log; do : > "$dev/$name"; done
for name in null zero full random urandom; do mount --bind "/dev/$name" "$dev/$name"; done
mount --bind "$socket" "$dev/log"
ln -s /proc/self/fd "$dev/fd"
for name in stdin stdout stderr; do ln -s "/proc/self/$name" "$dev/$name"; done
mount --rbind "$dev" /dev
exec "$@"
`;

const PROGRAM = `
[program:says]
command = /bin/sh -c 'echo one; echo two three; echo; printf "no end"; echo "an error" >&2; exec sleep 100031'
startsecs = 0
stdout_logfile = NONE
stdout_syslog = true
stderr_logfile = NONE
stderr_syslog = true
`;

function notHere(): string | false {
  const missing = without("supervisord", "unshare", "python3");
  if (missing) return missing;
  try {
    execFileSync("unshare", ["-m", "true"], { stdio: "ignore" });
    return false;
  } catch {
    return "mount namespaces are not permitted";
  }
}

/** What a daemon of a kind sends while it starts, runs its program and ends. */
async function sentBy(t: Scope, kind: DaemonKind): Promise<readonly string[]> {
  const dir = tempDir(t);
  const socket = join(dir, "log.sock");
  const receiver = await startProcess(t, "python3", ["-c", RECEIVER, socket]);
  await eventually(() => existsSync(socket), { what: "the socket is there", context: receiver.output });
  const file = join(dir, "supervisord.conf");
  const config = daemonConfig(dir, null, { kind, sections: PROGRAM }).replace(/^logfile = .*$/m, "logfile = syslog");
  writeFileSync(file, config);
  const daemon = await startProcess(
    t,
    "unshare",
    ["-m", "sh", "-c", WITH_OWN_LOG, "sh", join(dir, "dev"), socket, daemonCommand(kind), "-n", "-c", file],
    { cwd: dir },
  );
  await eventually(() => /an error/.test(receiver.output()) && /no end/.test(receiver.output()), {
    what: "the output of the program",
    context: () => receiver.output() + daemon.output(),
  });
  const pid = readFileSync(join(dir, "main.pid"), "utf8").trim();
  await daemon.stop();
  await eventually(() => /stopped: says/.test(receiver.output()), {
    what: "the end is told",
    context: receiver.output,
  });
  return receiver
    .output()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as string)
    .map((line) =>
      line
        .replace(/\d{4}-\d\d-\d\d [\d:]{8},\d{3}/, "STAMP")
        .replaceAll(pid, "PID")
        .replace(/\bpid \d+/, "pid N")
        .replaceAll(dir, "DIR"),
    )
    .map((line) => line.replace(/^(<\d+>)\w{3} [ \d]\d \d\d:\d\d:\d\d /, "$1DATE "));
}

test("the activity log and the output of programs reach syslog as supervisord sends them", {
  skip: notHere(),
}, async (t) => {
  const [theirs, ours] = await Promise.all([sentBy(t, "supervisord"), sentBy(t, "fvagent")]);
  // The two channels of a program are read in any order.
  assert.deepEqual([...ours].sort(), [...theirs].sort());
});
