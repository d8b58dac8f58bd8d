// Bad input gets a clear line and the right exit status, and takes nothing down that runs.
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startController } from "../helpers/controller.js";
import { eventually } from "../helpers/eventually.js";
import { linkSection, startFleet } from "../helpers/fleet.js";
import { FVAGENT, FVCONTROLLER, FVCTL, program } from "../helpers/paths.js";
import { isAlive } from "../helpers/proc.js";
import { type Finished, runProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";
import { startDaemon } from "../helpers/supervisord.js";
import { tempDir } from "../helpers/temp-dir.js";

const PROGRAM = `[program:stays]\ncommand = ${program("leaves-a-trail.sh")} {dir}/trail\nstartsecs = 0\n`;

/** A port on which this test listens until it ends. */
async function takenPort(t: Scope): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  const address = server.address();
  assert.ok(address !== null && typeof address !== "string");
  return address.port;
}

function runAgent(file: string, ...flags: string[]): Promise<Finished> {
  return runProcess(process.execPath, [FVAGENT, ...flags, "-c", file], { withinMs: 20_000 });
}

/** No stack, no object dump: these lines are for the operator. */
function assertForPeople({ stdout, stderr }: Finished): void {
  assert.doesNotMatch(stdout + stderr, /\n\s+at |node:internal|\[object|undefined/);
}

test("a broken config is refused with file, line and reason, by the check and by the start", async (t) => {
  const dir = tempDir(t);
  const file = join(dir, "supervisord.conf");
  const text = `[supervisord]
logfile = ${dir}/main.log
pidfile = ${dir}/main.pid

[program:good]
command = /bin/true

[program:bad]
command = /bin/true
startsecs = soon
`;
  writeFileSync(file, text);
  for (const flags of [["-t"], ["-n"]]) {
    const refused = await runAgent(file, ...flags);
    assert.equal(refused.code, 2, refused.stdout + refused.stderr);
    assert.match(refused.stderr, /invalid literal for int\(\) with base 10: 'soon'/);
    assert.match(refused.stderr, /program:bad/);
    assert.ok(refused.stderr.includes(file));
    assertForPeople(refused);
  }
  assert.match((await runAgent(file, "-t")).stderr, /supervisord\.conf:10\b|line:? 10\b/, "the line is named");
});

test("the check goes through a file from above, misspelt names included", async (t) => {
  const file = join(tempDir(t), "supervisord.conf");
  writeFileSync(
    file,
    "[supervisord]\n[program:b]\ncommnd = /bin/true\nstartsecs = soon\n[program:a]\ncommand = /bin/true\nautorestart = maybe\n",
  );
  const { code, stdout, stderr } = await runAgent(file, "-t");
  assert.deepEqual([code, stdout], [2, ""]);
  assert.deepEqual(stderr.replaceAll(file, "FILE").trimEnd().split("\n"), [
    "FILE:2: [program:b] command: program section program:b does not specify a command",
    "FILE:3: [program:b] commnd: warning: unknown option, ignored",
    "FILE:4: [program:b] startsecs: invalid literal for int() with base 10: 'soon'",
    "FILE:7: [program:a] autorestart: invalid 'autorestart' value 'maybe'",
  ]);
});

test("text that is no config at all is refused the same way", async (t) => {
  const dir = tempDir(t);
  const file = join(dir, "supervisord.conf");
  for (const [text, reason] of [
    ["hello\n", /no section headers/],
    ["[supervisord]\nnonsense\n", /parsing errors|line:? *2/],
    ["[program:x]\ncommand=/bin/true\n", /does not include supervisord section/],
    ["\0\u0001\u0002[\n", /./],
  ] as const) {
    writeFileSync(file, text);
    const refused = await runAgent(file, "-n");
    assert.equal(refused.code, 2, `${JSON.stringify(text)}: ${refused.stdout}${refused.stderr}`);
    assert.match(refused.stderr, reason);
    assertForPeople(refused);
  }
  const missing = await runAgent(join(dir, "not-there.conf"), "-n");
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /could not find config file .*not-there\.conf/);
});

test("a second daemon on the sockets of the first is refused, and the first goes on", async (t) => {
  const first = await startDaemon(t, { kind: "fvagent", sections: PROGRAM });
  const child = Number((await first.info("stays")).pid);
  const second = await runAgent(first.configFile, "-n");
  assert.equal(second.code, 2, second.stdout + second.stderr);
  assert.match(second.stderr, /already listening/);
  assertForPeople(second);
  assert.ok(isAlive(child) && isAlive(first.pid));
  assert.equal((await first.info("stays")).statename, "RUNNING");
});

test("an agent whose inet port is taken says so, and starts nothing", async (t) => {
  const dir = tempDir(t);
  const file = join(dir, "supervisord.conf");
  const port = await takenPort(t);
  const text = `[supervisord]
logfile = ${dir}/main.log
pidfile = ${dir}/main.pid
[inet_http_server]
port = 127.0.0.1:${port}
${PROGRAM.replace("{dir}", dir)}`;
  writeFileSync(file, text);
  const refused = await runAgent(file, "-n");
  assert.equal(refused.code, 2, refused.stdout + refused.stderr);
  assert.match(refused.stderr, /already listening/);
  assert.match((await runProcess("ls", [dir])).stdout, /^main\.log\nsupervisord\.conf\n$/, "no child left a trail");
});

test("a controller whose port is taken says which, for either port", async (t) => {
  const port = await takenPort(t);
  for (const flag of ["--http-listen", "--grpc-listen"]) {
    const other = flag === "--http-listen" ? "--grpc-listen" : "--http-listen";
    const refused = await runProcess(
      process.execPath,
      [FVCONTROLLER, "--data-dir", tempDir(t), flag, `127.0.0.1:${port}`, other, "127.0.0.1:0"],
      { withinMs: 20_000 },
    );
    assert.notEqual(refused.code, 0);
    assert.match(
      refused.stderr,
      new RegExp(`127\\.0\\.0\\.1:${port}.*in use|in use.*127\\.0\\.0\\.1:${port}`),
      refused.stdout,
    );
    assertForPeople(refused);
  }
});

test("a second controller on the data of the first is refused, and the first goes on", async (t) => {
  const controller = await startController(t);
  const second = await runProcess(
    process.execPath,
    [FVCONTROLLER, "--data-dir", controller.dataDir, "--http-listen", "127.0.0.1:0", "--grpc-listen", "127.0.0.1:0"],
    { withinMs: 20_000 },
  );
  assert.equal(second.code, 1);
  assert.match(second.stderr, /another controller is running in /);
  assertForPeople(second);
  const token = await runProcess(process.execPath, [FVCONTROLLER, "join-token", "--data-dir", controller.dataDir]);
  assert.match(token.stdout, /^fvj1\./, "while it runs, a token can still be made");
  assert.deepEqual((await controller.api.get<{ items: unknown[] }>("/api/v1/instances")).items, []);
});

test("a token, a link or an audit is not asked of a directory in which no controller was started", async (t) => {
  const dir = tempDir(t);
  for (const command of [["join-token"], ["login-link"], ["audit", "verify"]]) {
    const refused = await runProcess(process.execPath, [FVCONTROLLER, ...command, "--data-dir", join(dir, "typo")]);
    assert.equal(refused.code, 1, refused.stdout + refused.stderr);
    assert.equal(refused.stdout, "");
    assert.match(refused.stderr, /^fvcontroller: no controller has been started in \S+typo: give the --data-dir or -c/);
    assertForPeople(refused);
  }
  assert.deepEqual(readdirSync(dir), [], "no store and no authority of its own was made there");
});

test("a join token that was never given out is refused; the agent says so and its programs run", async (t) => {
  const controller = await startController(t);
  const real = await controller.joinToken();
  const words = real.split(".");
  words[2] = "A".repeat(words[2]?.length ?? 20);
  for (const token of ["rubbish", words.join(".")]) {
    const dir = tempDir(t);
    writeFileSync(join(dir, "join-token"), token);
    const agent = await startDaemon(t, {
      kind: "fvagent",
      dir,
      sections: `${linkSection(dir, { name: "stranger" }, controller.grpcPort)}\n${PROGRAM}`,
    });
    await eventually(() => /join token|token/i.test(agent.log()), {
      what: "the log names the token",
      context: agent.log,
    });
    assert.ok(!agent.log().includes(token) || token === "rubbish", "the token itself is no text for a log");
    assert.equal((await agent.info("stays")).statename, "RUNNING");
  }
  const { items } = await controller.api.get<{ items: unknown[] }>("/api/v1/instances");
  assert.deepEqual(items, []);
});

test("an agent does not talk to a controller of another CA than its token names", async (t) => {
  const [mine, other] = [await startController(t), await startController(t)];
  const dir = tempDir(t);
  writeFileSync(join(dir, "join-token"), await mine.joinToken());
  const agent = await startDaemon(t, {
    kind: "fvagent",
    dir,
    sections: `${linkSection(dir, { name: "misled" }, other.grpcPort)}\n${PROGRAM}`,
  });
  await eventually(() => /certificate|CA|fingerprint/.test(agent.log()), {
    what: "the log names the certificate authority",
    context: agent.log,
  });
  for (const controller of [mine, other]) {
    const { items } = await controller.api.get<{ items: unknown[] }>("/api/v1/instances");
    assert.deepEqual(items, []);
  }
  assert.equal((await agent.info("stays")).statename, "RUNNING");
});

test("fvctl names an unknown target and a selector that matches nothing, and touches nobody", async (t) => {
  const fleet = await startFleet(t, [{ name: "web-1", sections: PROGRAM }]);
  const [before] = await fleet.processes("web-1/stays");
  for (const selector of ["web-1/nobody:x", "web-9/*", "role=nothing/*"]) {
    for (const verb of ["restart", "stop", "status"]) {
      const refused = await fleet.fvctl(verb, selector);
      assert.notEqual(refused.code, 0, `${verb} ${selector}: ${refused.stdout}`);
      assert.ok((refused.stdout + refused.stderr).includes(selector), refused.stdout + refused.stderr);
      assertForPeople(refused);
    }
  }
  const nonsense = await fleet.fvctl("restart", "web-1/((");
  assert.notEqual(nonsense.code, 0);
  assertForPeople(nonsense);
  const [after] = await fleet.processes("web-1/stays");
  assert.equal(after?.pid, before?.pid);
  assert.ok(isAlive(after?.pid ?? 0));
});

test("fvctl with a wrong token or a controller that is not there says so", async (t) => {
  const controller = await startController(t);
  const fvctl = (env: Record<string, string>) => runProcess(process.execPath, [FVCTL, "status"], { env });
  const home = { HOME: tempDir(t) };
  const wrong = await fvctl({ ...home, FLEETVISOR_CONTROLLER: controller.url, FLEETVISOR_TOKEN: "not-a-token" });
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.stderr, /token|log ?in/i);
  assertForPeople(wrong);
  await controller.crash();
  const gone = await fvctl({ ...home, FLEETVISOR_CONTROLLER: controller.url, FLEETVISOR_TOKEN: "not-a-token" });
  assert.notEqual(gone.code, 0);
  assert.match(gone.stderr, new RegExp(controller.url));
  assertForPeople(gone);
});
