// Every XML-RPC method of a real supervisord and of fvagent, asked the same questions: equal answers, equal faults.
import assert from "node:assert/strict";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { type Answer, ask, askAll, askRaw, type Difference, Judge, onBoth } from "../helpers/answers.js";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { program, ROOT } from "../helpers/paths.js";
import type { Scope } from "../helpers/scope.js";
import type { Daemon } from "../helpers/supervisord.js";

const skip = without("supervisord");

/**
 * Where fvagent answers otherwise on purpose: on the left a defect of supervisord, on which no client can rely. Everything
 * else in this file is equal.
 */
const DIFFERENCES: readonly Difference[] = [
  {
    calls: /^supervisor\.\w+\((5|1\.5|true|\["cat"\]|\{"cat":"cat"\})/,
    theirs: /^HTTP 500$/,
    ours: /^fault 2 INCORRECT_PARAMETERS$/,
    why: "a name that is no text stumbles inside supervisord; the fault says what is wrong",
  },
  {
    calls: /^supervisor\.signal.*(\["HUP"\]|\{"a":1\})\)$/,
    theirs: /^HTTP 500$/,
    ours: /^fault 2 INCORRECT_PARAMETERS$/,
    why: "so does a signal that is neither text nor number",
  },
  {
    calls: /^supervisor\.(read|tail)\w+\((".*", )?("x", |"", |\d, "x"|\d, "")/,
    theirs: /^HTTP 500$/,
    ours: /^fault 2 INCORRECT_PARAMETERS$/,
    why: "and an offset or length that is no number",
  },
  {
    calls: /^system\.multicall\((\["supervisor\.getPID"\]|\["text"\]|\[5\]|\[\[\]\])\)$/,
    theirs: /^HTTP 500$/,
    ours: /^= \[\{"faultCode":2,"faultString":"INCORRECT_PARAMETERS: No methodName"\}\]$/,
    why: "and a call in a multicall that is no struct, which costs only itself here",
  },
  {
    calls: /^system\.multicall\("text"\)$/,
    theirs: /^HTTP 500$/,
    ours: /^fault 2 INCORRECT_PARAMETERS$/,
    why: "and calls that are no array",
  },
  {
    calls: /^system\.multicall\(\[\{"methodName":(5|"supervisor.getProcessInfo","params":\[5\])/,
    theirs: /"faultCode":30,"faultString":"FAILED: <class 'AttributeError'>:/,
    ours: /"faultCode":2,"faultString":"INCORRECT_PARAMETERS/,
    why: "in a multicall supervisord quotes Python's own exception for the same mistakes",
  },
  {
    calls: /^supervisor\.(read|tail)Process\w+\("both", -?\d+, -?\d+\)$/,
    theirs: /^HTTP 500$/,
    ours: /^= .*\ufffd/,
    why: "a cut through a character, or bytes that are no UTF-8, are an answer with U+FFFD in their place",
  },
  {
    calls: /^supervisor\.(read|tail)ProcessStderrLog\("both"/,
    theirs: /\\u001b\[31m/,
    ours: /\ufffd\[31m/,
    why: "control characters make an answer that no XML parser reads: U+FFFD in their place",
  },
  {
    calls: /^supervisor\.getAllConfigInfo\(\)$/,
    theirs: /^HTTP 500$/,
    ours: /"stdout_logfile_maxbytes":3221225472,/,
    why: "Python's marshaller refuses a number beyond 31 bits, and with it the whole answer",
  },
  {
    calls: /^supervisor\.(read|tail)ProcessStd(out|err)Log\("both", 0, 1099511627776\)$/,
    theirs: /^HTTP 500$/,
    ours: /^= /,
    why: "Python reserves the memory for as much as is asked for; the length is a limit, not a size",
  },
  {
    calls: /^supervisor\.startProcess\("gr\u00fc\u00dfe:\*"\)$/,
    theirs: /^no HTTP: /,
    ours: /"description":"OK"/,
    why: "supervisord's Content-Length of an answer that had to wait counts characters, not bytes",
  },
  {
    calls: /^(<methodName>|<methodCall><deep>|<methodCall>.*<\/methodName><methodName>|.*<params><value>)/,
    theirs: /^= /,
    ours: /^(HTTP 400|fault 1 UNKNOWN_METHOD)$/,
    why: "supervisord takes names and values wherever in the XML they are; a call that is none is refused",
  },
  {
    calls: /^<!DOCTYPE/,
    theirs: /^= /,
    ours: /^HTTP 400$/,
    why: "a document type is how XML bombs are made; no XML-RPC client sends one",
  },
  {
    calls: /<(boolean|dateTime\.iso8601|array|base64|nil|b)\/?>/,
    theirs: /^(HTTP 400|fault 2 INCORRECT_PARAMETERS(: (False|2026-01-01 00:00:00))?)$/,
    ours: /^(= true|fault 2 INCORRECT_PARAMETERS: (True|\[\]))$/,
    why: "values that no method takes are read by their text; whether they fit is the method's to say",
  },
  {
    calls: /<int>99999999999999999999<\/int>/,
    theirs: /INCORRECT_PARAMETERS: 9+$/,
    ours: /INCORRECT_PARAMETERS: 10+$/,
    why: "a number of twenty digits is quoted rounded",
  },
];

/** Another value of each option that programs and listeners share. */
const CHANGES: Readonly<Record<string, string>> = {
  command: "/bin/sleep 1000005",
  process_name: "other",
  numprocs: "2\nprocess_name = p%(process_num)d",
  numprocs_start: "3",
  priority: "5",
  startsecs: "7",
  startretries: "9",
  autorestart: "true",
  exitcodes: "0,2",
  stopsignal: "INT",
  stopwaitsecs: "3",
  stopasgroup: "true",
  killasgroup: "true",
  directory: "/tmp",
  umask: "077",
  serverurl: "http://x:1",
  environment: "A=1",
  nonsense: "5",
  ...Object.fromEntries(
    ["stdout", "stderr"].flatMap((channel) => [
      [`${channel}_logfile`, "NONE"],
      [`${channel}_logfile_maxbytes`, "1MB"],
      [`${channel}_logfile_backups`, "2"],
      [`${channel}_capture_maxbytes`, "1MB"],
      [`${channel}_events_enabled`, "true"],
      [`${channel}_syslog`, "true"],
    ]),
  ),
};

const judge = new Judge(DIFFERENCES);

async function compare(t: Scope, sections: string, story: (daemon: Daemon) => Promise<Answer[]>): Promise<void> {
  const { theirs, ours } = await onBoth(t, { sections }, story);
  judge.equal(theirs, ours);
}

const reaches = (daemon: Daemon, name: string, state: string) =>
  eventually(async () => (await daemon.info(name)).statename === state, {
    what: `${name} of ${daemon.kind} is ${state}`,
    context: daemon.log,
  });

const MANY = `[program:cat]
command = ${program("repeats-stdin.sh")}
startsecs = 0
autostart = false
stdout_logfile = {dir}/cat.log
stderr_logfile = NONE

[program:quiet]
command = ${program("repeats-stdin.sh")}
autostart = false
stdout_logfile = NONE
stderr_logfile = {dir}/never-there.log

[program:missing]
command = /does/not/exist
autostart = false

[program:plain]
command = ${join(ROOT, "README.md")}
autostart = false

[program:folder]
command = /tmp
autostart = false

[program:bare]
command = no-such-command-anywhere
autostart = false

; It still lives when a call that does not wait is answered: before it answers, supervisord looks for children that ended.
[program:fails]
command = ${program("exits.sh")} 3 0.2
startretries = 0
autostart = false
startsecs = 10

[program:crowd]
command = ${program("repeats-stdin.sh")}
process_name = %(program_name)s_%(process_num)d
numprocs = 3
startsecs = 0
autostart = false
stdout_logfile = NONE
stderr_logfile = NONE

[program:one]
command = ${program("repeats-stdin.sh")}
startsecs = 0
autostart = false

[program:two]
command = ${program("repeats-stdin.sh")}
startsecs = 0
autostart = false
priority = 5

[group:pair]
programs = one,two
priority = 50
`;

const NAMES = [
  "cat",
  "cat:cat",
  "cat:*",
  "cat:",
  "cat:cat:cat",
  "nobody",
  "pair:one",
  "one",
  "pair",
  "pair:nobody",
  ":",
  "*",
  "",
  "gr\u00fc\u00dfe",
  "all",
];
const WRONG: readonly XmlRpcValue[] = [5, 1.5, true, ["cat"], { cat: "cat" }];

/** Methods by how many parameters they take, with parameters that fit. */
const FITTING: Readonly<Record<string, readonly XmlRpcValue[]>> = {
  getAPIVersion: [],
  getVersion: [],
  getSupervisorVersion: [],
  getIdentification: [],
  getState: [],
  getPID: [],
  readLog: [0, 1],
  readMainLog: [0, 1],
  clearLog: [],
  reloadConfig: [],
  addProcessGroup: ["cat"],
  removeProcessGroup: ["nobody"],
  startProcess: ["nobody", true],
  startProcessGroup: ["nobody", true],
  startAllProcesses: [true],
  stopProcess: ["cat", true],
  stopProcessGroup: ["cat", true],
  stopAllProcesses: [true],
  signalProcess: ["cat", "HUP"],
  signalProcessGroup: ["cat", "HUP"],
  signalAllProcesses: ["HUP"],
  getProcessInfo: ["cat"],
  getAllProcessInfo: [],
  getAllConfigInfo: [],
  readProcessStdoutLog: ["cat", 0, 0],
  readProcessLog: ["cat", 0, 0],
  readProcessStderrLog: ["cat", 0, 0],
  tailProcessStdoutLog: ["cat", 0, 10],
  tailProcessLog: ["cat", 0, 10],
  tailProcessStderrLog: ["cat", 0, 10],
  clearProcessLogs: ["cat"],
  clearProcessLog: ["cat"],
  clearAllProcessLogs: [],
  sendProcessStdin: ["cat", "x"],
  sendRemoteCommEvent: ["type", "data"],
  shutdown: [],
  restart: [],
};

describe("methods", { skip }, () => {
  test("each method's name, signature and number of parameters", async (t) => {
    await compare(t, MANY, async (daemon) => {
      const listed = await ask(daemon, "system.listMethods");
      const names = [
        ...Object.keys(FITTING).map((name) => `supervisor.${name}`),
        "system.listMethods",
        "system.methodHelp",
        "system.methodSignature",
        "system.multicall",
      ];
      const answers = [listed];
      for (const name of [...names, "supervisor.nothing", "getPID", ""]) {
        answers.push(await ask(daemon, "system.methodSignature", name));
        const help = await ask(daemon, "system.methodHelp", name);
        answers.push({
          ...help,
          answer: help.answer.startsWith("=") ? `help: ${help.answer.length > 10}` : help.answer,
        });
      }
      for (const [name, params] of Object.entries(FITTING)) {
        // Of these two the fitting number would end the daemon.
        const ends = name === "shutdown" || name === "restart";
        for (let count = ends ? 1 : 0; count <= params.length + 1; count++) {
          answers.push(await ask(daemon, `supervisor.${name}`, ...[...params, "more"].slice(0, count)));
        }
      }
      for (const name of ["system.listMethods", "system.methodHelp", "system.methodSignature", "system.multicall"]) {
        for (const params of [[], ["supervisor.getPID", "more"], [5], [["supervisor.getPID"]]])
          answers.push(await ask(daemon, name, ...params));
      }
      return answers;
    });
  });

  test("names that are no method", async (t) => {
    await compare(t, MANY, (daemon) =>
      askAll(daemon, [
        ["supervisor.nothing"],
        ["getPID."],
        [".getPID"],
        ["supervisor.getPID.more"],
        ["supervisor._update", "x"],
        ["supervisor.__init__", 1],
        ["supervisor.supervisord"],
        ["supervisor.options.execve"],
        ["system._listMethods"],
        ["system.namespaces"],
        ["system.nothing"],
        ["nothing.getPID"],
        ["supervisor."],
        ["gr\u00fc\u00dfe.\u00fc"],
        ["supervisor.GetPID"],
      ]),
    );
  });

  test("every form of a name, and values that are no name, for every method that takes one", async (t) => {
    await compare(t, MANY, async (daemon) => {
      const answers: Answer[] = [];
      const named = Object.entries(FITTING).filter(([, params]) => ["cat", "nobody"].includes(String(params[0])));
      for (const [method, [, ...rest]] of named) {
        // Waiting is another test's affair.
        const more = rest.map((value) => (value === true ? false : value));
        for (const name of [...NAMES, ...WRONG]) answers.push(await ask(daemon, `supervisor.${method}`, name, ...more));
      }
      return answers;
    });
  });
});

describe("starting, stopping and signalling", { skip }, () => {
  test("good calls and every fault, without waiting and with", async (t) => {
    await compare(t, MANY, async (daemon) => {
      const answers = await askAll(daemon, [
        ["startProcess", "missing"],
        ["startProcess", "plain"],
        ["startProcess", "folder"],
        ["startProcess", "bare"],
        ["startProcess", "cat"],
        ["startProcess", "cat"],
        ["startProcess", "cat:cat", false],
        ["startProcess", "quiet"],
        ["startProcess", "fails"],
        ["startProcess", "pair:*"],
        ["startProcess", "pair:*"],
        ["startProcess", "pair:", false],
        ["stopProcess", "pair:two"],
        ["startProcessGroup", "pair"],
        ["startProcessGroup", "crowd", false],
        ["startProcess", "missing:*"],
        ["startProcess", "nobody:*"],
        ["startProcessGroup", "pair:*"],
        ["stopProcess", "cat"],
        ["stopProcess", "cat"],
        ["stopProcess", "cat", false],
        ["stopProcess", "quiet", false],
        ["stopProcess", "pair:*"],
        ["stopProcess", "pair:*", false],
        ["stopProcessGroup", "crowd"],
        ["stopProcessGroup", "crowd"],
        ["stopProcess", "missing:*"],
        ["stopAllProcesses"],
        ["startProcess", "cat", 1],
        ["stopProcess", "cat", "yes"],
        ["startProcess", "cat", ""],
        ["stopProcess", "cat", []],
      ]);
      await reaches(daemon, "quiet", "STOPPED");
      await reaches(daemon, "cat", "STOPPED");
      answers.push(...(await askAll(daemon, [["startAllProcesses"], ["startAllProcesses", false]])));
      await reaches(daemon, "fails", "FATAL");
      answers.push(...(await askAll(daemon, [["stopAllProcesses", true], ["stopAllProcesses"]])));
      return answers;
    });
  });

  test("what is decided at once comes first and in order of priority, what is waited for as it is done", async (t) => {
    const sections = `[program:late]
command = ${program("repeats-stdin.sh")}
autostart = false
priority = 1

[program:never]
command = /does/not/exist
autostart = false
priority = 2

[program:soon]
command = ${program("repeats-stdin.sh")}
autostart = false
startsecs = 0
priority = 1000
`;
    await compare(t, sections, async (daemon) => {
      const order = async (method: string) => ({
        call: method,
        answer: ((await daemon.rpc(method)) as { name: string; description: string }[])
          .map(({ name, description }) => `${name}: ${description}`)
          .join(", "),
      });
      return [await order("startAllProcesses"), await order("clearAllProcessLogs")];
    });
  });

  test("signals by name and number, and what is no signal", async (t) => {
    const sections = `${MANY}
[program:notes]
command = ${program("catches.sh")}
startsecs = 0
stdout_logfile = {dir}/notes.log
`;
    await compare(t, sections, async (daemon) => {
      const log = () => readFileSync(join(daemon.dir, "notes.log"), "utf8");
      await eventually(() => log().includes("ready"));
      const answers: Answer[] = [];
      const good: [XmlRpcValue, string][] = [
        ["HUP", "HUP"],
        ["hup", "HUP"],
        ["SIGUSR1", "USR1"],
        [" sigusr2 ", "USR2"],
        [1, "HUP"],
        ["10", "USR1"],
      ];
      for (const [signal, heard] of good) {
        const before = log().length;
        answers.push(await ask(daemon, "supervisor.signalProcess", "notes", signal));
        await eventually(() => log().slice(before).includes(`caught ${heard}`), {
          what: `${heard} is heard`,
          context: log,
        });
      }
      const bad: XmlRpcValue[] = [
        "NOPE",
        "",
        "SIG",
        0,
        "0",
        99,
        -1,
        "99",
        "1.5",
        1.5,
        true,
        ["HUP"],
        { a: 1 },
        "h\u00fcp",
        "SIGRTMIN",
      ];
      for (const signal of bad) {
        answers.push(await ask(daemon, "supervisor.signalProcess", "cat", signal));
        answers.push(
          await ask(
            daemon,
            "supervisor.signalProcess",
            "notes:*",
            typeof signal === "string" && signal !== "NOPE" ? "CONT" : signal,
          ),
        );
        answers.push(await ask(daemon, "supervisor.signalAllProcesses", signal === "SIGRTMIN" ? "CONT" : signal));
      }
      answers.push(
        ...(await askAll(daemon, [
          ["signalProcess", "nobody", "NOPE"],
          ["signalProcess", "cat", "HUP"],
          ["signalProcess", "pair:*", "HUP"],
          ["signalProcess", "cat:", "HUP"],
          ["signalProcessGroup", "notes", "HUP"],
          ["signalProcessGroup", "notes", 18],
          ["signalProcessGroup", "crowd", "HUP"],
          ["signalAllProcesses", "CONT"],
        ])),
      );
      return answers;
    });
  });
});

describe("what a process is said to be", { skip }, () => {
  test("in each of its states", async (t) => {
    const sections = `[program:stays]
command = ${program("repeats-stdin.sh")}
startsecs = 0
autostart = false
stderr_logfile = {dir}/stays.err

[program:slow]
command = ${program("repeats-stdin.sh")}
startsecs = 60
autostart = false
stdout_logfile = NONE

[program:once]
command = ${program("exits.sh")} 0
startsecs = 0
autorestart = false
autostart = false
redirect_stderr = true

[program:bad]
command = ${program("exits.sh")} 7
startsecs = 0
autorestart = false
autostart = false

[program:killed]
command = ${program("crashes.sh")} KILL
startsecs = 0
autorestart = false
autostart = false

[program:fatal]
command = ${program("exits.sh")} 0
startretries = 0
autostart = false

[program:waits]
command = ${program("exits.sh")} 1
startretries = 50
startsecs = 9
autostart = false

[program:unborn]
command = ${program("exits.sh")} 1
directory = /does/not/exist
startretries = 0
autostart = false
startsecs = 10

[program:deaf]
command = ${program("ignores-term.sh")}
startsecs = 0
autostart = false
stopwaitsecs = 1
stdout_logfile = {dir}/deaf.log
`;
    await compare(t, sections, async (daemon) => {
      const answers = await askAll(daemon, [["getAllProcessInfo"]]);
      const tell = async (...names: string[]) =>
        answers.push(
          ...(await askAll(
            daemon,
            names.map((name) => ["getProcessInfo", name]),
          )),
        );
      for (const name of ["stays", "slow", "once", "bad", "killed", "fatal", "waits", "unborn", "deaf"]) {
        // supervisord looks once whether the child is dead already, so a quick one may be a SPAWN_ERROR or not.
        await ask(daemon, "supervisor.startProcess", name, false);
      }
      await reaches(daemon, "stays", "RUNNING");
      await eventually(() => readFileSync(join(daemon.dir, "deaf.log"), "utf8").includes("ready"));
      for (const name of ["once", "bad", "killed"]) await reaches(daemon, name, "EXITED");
      await reaches(daemon, "fatal", "FATAL");
      await reaches(daemon, "unborn", "FATAL");
      await eventually(async () => (await daemon.info("waits")).statename === "BACKOFF");
      answers.push(...(await askAll(daemon, [["getAllProcessInfo"]])));
      // Stopped, from here on: a living one, one that starts, one that waits for another try.
      answers.push(
        ...(await askAll(daemon, [
          ["stopProcess", "stays"],
          ["stopProcess", "slow"],
        ])),
      );
      await reaches(daemon, "waits", "BACKOFF");
      answers.push(
        ...(await askAll(daemon, [
          ["stopProcess", "waits"],
          ["stopProcess", "deaf", false],
        ])),
      );
      await tell("deaf", "stays", "slow", "waits");
      answers.push(
        ...(await askAll(daemon, [
          ["stopProcess", "deaf"],
          ["startProcess", "deaf", false],
          ["sendProcessStdin", "deaf", "x"],
          ["signalProcess", "deaf", "CONT"],
        ])),
      );
      await reaches(daemon, "deaf", "STOPPED");
      await tell("deaf");
      // And once more, with a past.
      answers.push(
        ...(await askAll(daemon, [
          ["startProcess", "stays"],
          ["startProcess", "slow", false],
          ["startProcess", "bad", false],
        ])),
      );
      await reaches(daemon, "bad", "EXITED");
      await tell("stays", "slow", "bad");
      return answers;
    });
  });
});

describe("logs", { skip }, () => {
  const LOGGED = `${MANY}
[program:both]
command = ${program("repeats-stdin.sh")}
autostart = false
stdout_logfile = {dir}/both.log
stderr_logfile = {dir}/both.err
`;
  const CORNERS: readonly (readonly XmlRpcValue[])[] = [
    ...[0, 1, 5, 10, 11, 12, 100, -1, -4, -5, -10, -11, -12, -100].flatMap((offset) =>
      [0, 1, 3, 4, 5, 10, 11, 12, 1024, -1, -5, -20].map((length) => [offset, length]),
    ),
    ...["0", " 1 ", "1_0", "x", "", true, 1.7, [], {}].flatMap(
      (odd) =>
        [
          [odd, 3],
          [1, odd],
        ] as XmlRpcValue[][],
    ),
    [2 ** 31 - 1, 0],
    [-(2 ** 31), 0],
    [2 ** 40, 5],
    [0, 2 ** 40],
  ];
  const READERS = ["readProcessStdoutLog", "readProcessStderrLog", "tailProcessStdoutLog", "tailProcessStderrLog"];

  test("every corner of reading and following, in text beyond ASCII", async (t) => {
    await compare(t, LOGGED, async (daemon) => {
      writeFileSync(join(daemon.dir, "both.log"), "hello\n\u00d8re\n");
      writeFileSync(join(daemon.dir, "both.err"), "");
      const answers: Answer[] = [];
      for (const corner of CORNERS) {
        for (const reader of READERS) answers.push(await ask(daemon, `supervisor.${reader}`, "both", ...corner));
      }
      // With no file, every argument is as good as another.
      for (const name of ["quiet", "cat", "missing", "pair:one"]) {
        for (const corner of [
          [0, 0],
          [-5, 5],
          [5, -5],
          ["x", 0],
          [0, 10],
        ]) {
          for (const reader of READERS) answers.push(await ask(daemon, `supervisor.${reader}`, name, ...corner));
        }
      }
      return answers;
    });
  });

  test("bytes that are no text, and text that XML has no place for", async (t) => {
    await compare(t, LOGGED, async (daemon) => {
      writeFileSync(join(daemon.dir, "both.log"), Buffer.from("plain\n\xff\xfe bytes\n", "latin1"));
      writeFileSync(join(daemon.dir, "both.err"), "\u001b[31mred\u001b[0m <&> ]]> \0 \r\n\u{1f600}");
      const answers: Answer[] = [];
      for (const reader of READERS) {
        for (const corner of [
          [0, 0],
          [0, 5],
          [0, 7],
          [-100, 0],
          [0, 100],
        ])
          answers.push(await ask(daemon, `supervisor.${reader}`, "both", ...corner));
      }
      return answers;
    });
  });

  test("the main log is read, cleared and gone", async (t) => {
    await compare(t, "", async (daemon) => {
      const main = join(daemon.dir, "main.log");
      const answers: Answer[] = [];
      writeFileSync(main, "0123456789");
      for (const corner of [
        [0, 0],
        [3, 4],
        [-3, 0],
        [-3, 1],
        [3, -1],
        [50, 0],
        ["x", 0],
        [[], 0],
      ]) {
        answers.push(
          await ask(daemon, "supervisor.readLog", ...corner),
          await ask(daemon, "supervisor.readMainLog", ...corner),
        );
      }
      answers.push(await ask(daemon, "supervisor.clearLog"));
      const kept = daemon.log().replace(/^[-\d]+ [:,\d]+ /gm, "");
      answers.push({ call: "main.log", answer: kept });
      rmSync(main);
      return [...answers, ...(await askAll(daemon, [["readLog", 0, 0], ["readLog", "x", 0], ["clearLog"]]))];
    });
  });

  test("clearing the logs of what runs and of what does not", async (t) => {
    await compare(t, LOGGED, async (daemon) => {
      const file = (name: string) => ({
        call: name,
        answer: existsSync(join(daemon.dir, name)) ? readFileSync(join(daemon.dir, name), "utf8") : "none",
      });
      writeFileSync(join(daemon.dir, "both.log"), "old\n");
      writeFileSync(join(daemon.dir, "both.log.1"), "older\n");
      const answers = [await ask(daemon, "supervisor.clearProcessLogs", "both"), file("both.log")];
      answers.push(...(await askAll(daemon, [["startProcess", "both"]])));
      await eventually(() => readFileSync(join(daemon.dir, "both.log"), "utf8").includes("ready"));
      answers.push(await ask(daemon, "supervisor.clearProcessLog", "both"), file("both.log"), file("both.err"));
      await daemon.rpc("sendProcessStdin", "both", "gr\u00fc\u00dfe\n");
      await eventually(() => file("both.log").answer !== "");
      answers.push(file("both.log"), file("both.log.1"));
      answers.push(
        ...(await askAll(daemon, [
          ["clearAllProcessLogs"],
          ["clearProcessLogs", "both:*"],
          ["clearProcessLogs", "nobody"],
        ])),
        file("both.log"),
      );
      return answers;
    });
  });
});

describe("configuration", { skip }, () => {
  const EVERYTHING = `${MANY}
[program:full]
command = ${program("repeats-stdin.sh")} %(program_name)s
process_name = %(program_name)s%(process_num)02d
numprocs = 2
directory = /tmp
umask = 027
priority = 7
autostart = false
autorestart = true
startsecs = 3
startretries = 9
exitcodes = 0,2,5
stopsignal = QUIT
stopwaitsecs = 12
stopasgroup = true
killasgroup = true
user = nobody
serverurl = http://localhost:1
environment = A="b"
stdout_logfile = {dir}/full%(process_num)d.log
stdout_logfile_maxbytes = 1MB
stdout_logfile_backups = 2
stdout_capture_maxbytes = 1KB
stdout_events_enabled = true
stdout_syslog = true
stderr_logfile = NONE
stderr_logfile_maxbytes = 2KB
stderr_logfile_backups = 0
stderr_capture_maxbytes = 3KB
stderr_events_enabled = true

[program:joined]
command = ${program("repeats-stdin.sh")}
autostart = false
redirect_stderr = true

[fcgi-program:fast]
command = ${program("repeats-stdin.sh")}
socket = unix://{dir}/fast.sock
autostart = false

[eventlistener:ear]
command = ${program("repeats-stdin.sh")}
events = TICK_3600
autostart = false
`;

  test("what is configured, before and after it was read again", async (t) => {
    await compare(t, EVERYTHING, (daemon) =>
      askAll(daemon, [["getAllConfigInfo"], ["reloadConfig"], ["getAllConfigInfo"], ["getAllProcessInfo"]]),
    );
  });

  test("a number beyond 31 bits", async (t) => {
    await compare(
      t,
      `[program:big]\ncommand = ${program("repeats-stdin.sh")}\nstdout_logfile_maxbytes = 3GB\n`,
      (daemon) => askAll(daemon, [["getAllConfigInfo"]]),
    );
  });

  test("groups come, change, go and come back", async (t) => {
    await compare(t, EVERYTHING, async (daemon) => {
      const config = readFileSync(daemon.configFile, "utf8");
      const answers = await askAll(daemon, [["reloadConfig"]]);
      const write = async (text: string) => {
        writeFileSync(daemon.configFile, text);
        answers.push(await ask(daemon, "supervisor.reloadConfig"));
      };
      const more = async (...calls: (readonly [string, ...XmlRpcValue[]])[]) =>
        answers.push(...(await askAll(daemon, calls)));
      await write(`${config}\n[program:fresh]\ncommand = ${program("repeats-stdin.sh")}\nstartsecs = 0\n`);
      await more(
        ["reloadConfig"],
        ["getProcessInfo", "fresh"],
        ["removeProcessGroup", "fresh"],
        ["addProcessGroup", "fresh"],
        ["addProcessGroup", "fresh"],
      );
      await reaches(daemon, "fresh", "RUNNING");
      await more(
        ["reloadConfig"],
        ["removeProcessGroup", "fresh"],
        ["stopProcess", "fresh"],
        ["removeProcessGroup", "fresh"],
        ["removeProcessGroup", "fresh"],
        ["reloadConfig"],
      );
      // Back, and with one changed, one gone, and one of a group gone.
      await write(config.replace("startretries = 0", "startretries = 1"));
      await write(config.replace(/\[program:quiet\][^[]*/, ""));
      await more(["removeProcessGroup", "quiet"], ["addProcessGroup", "quiet"], ["reloadConfig"], ["getAllConfigInfo"]);
      await write(config.replace("programs = one,two", "programs = one"));
      await more(
        ["removeProcessGroup", "pair"],
        ["addProcessGroup", "pair"],
        ["getProcessInfo", "pair:one"],
        ["getProcessInfo", "pair:two"],
        ["getProcessInfo", "two"],
      );
      await write(config.replace("events = TICK_3600", "events = TICK_60"));
      await write(config.replace("fast.sock", "faster.sock"));
      await write(config.replace("numprocs = 3", "numprocs = 4"));
      await write(config.replace("[supervisord]", '[supervisord]\nenvironment = X="y"'));
      // What is broken changes nothing.
      await write(config.replace("numprocs = 3", "numprocs = many"));
      await write(`${config}\n[program:gr\u00fc\u00dfe]\n`);
      await write("not a configuration\n");
      rmSync(daemon.configFile);
      await more(["reloadConfig"], ["getProcessInfo", "cat"]);
      await write(config);
      return answers;
    });
  });

  test("which options of a program and of a listener make its group a changed one", async (t) => {
    const sections = (value: (option: string, value: string) => string) =>
      ["program", "eventlistener"].flatMap((kind) =>
        Object.entries(CHANGES).map(
          ([option, changed]) =>
            `[${kind}:${kind}-${option}]\ncommand = /bin/sleep 1000004\n` +
            `${kind === "program" ? "" : "events = TICK_3600\n"}autostart = false\n${value(option, changed)}\n`,
        ),
      );
    await compare(t, sections(() => "").join("\n"), async (daemon) => {
      const answers = await askAll(daemon, [["reloadConfig"]]);
      const config = readFileSync(daemon.configFile, "utf8");
      const changed = sections((option, value) => `${option} = ${value}`).join("\n");
      writeFileSync(daemon.configFile, `${config.slice(0, config.indexOf("[program:"))}${changed}`);
      answers.push(...(await askAll(daemon, [["reloadConfig"]])));
      return answers;
    });
  });

  test("a changed identifier is told once it was read again", async (t) => {
    await compare(t, "", async (daemon) => {
      writeFileSync(
        daemon.configFile,
        readFileSync(daemon.configFile, "utf8").replace("identifier = test", "identifier = other"),
      );
      return askAll(daemon, [["getIdentification"], ["reloadConfig"], ["getIdentification"]]);
    });
  });
});

describe("several calls in one", { skip }, () => {
  test("results, faults and calls that take their time, each after the other", async (t) => {
    const call = (methodName: XmlRpcValue, ...params: XmlRpcValue[]) => ({ methodName, params });
    await compare(t, MANY, (daemon) =>
      askAll(daemon, [
        ["system.multicall", []],
        ["system.multicall", [call("supervisor.getState"), call("supervisor.getAPIVersion")]],
        ["system.multicall", [{ methodName: "supervisor.getState" }, { params: [] }, {}]],
        ["system.multicall", [call("supervisor.nothing"), call("nothing"), call("system.multicall", []), call("")]],
        [
          "system.multicall",
          [
            call("supervisor.getProcessInfo", "nobody"),
            call("supervisor.getProcessInfo"),
            call("supervisor.getProcessInfo", "cat", "x"),
          ],
        ],
        [
          "system.multicall",
          [
            call("supervisor.startProcess", "cat"),
            call("supervisor.startProcess", "quiet"),
            call("supervisor.startProcess", "fails"),
            call("supervisor.startProcess", "cat"),
            call("supervisor.stopProcessGroup", "cat"),
          ],
        ],
        [
          "system.multicall",
          [
            call("supervisor.startProcess", "pair:*"),
            call("supervisor.stopProcessGroup", "pair"),
            call("supervisor.clearAllProcessLogs"),
          ],
        ],
        [
          "system.multicall",
          [call("system.methodSignature", "supervisor.getPID"), call("system.methodHelp", "nothing")],
        ],
        ["system.multicall", [call("supervisor.getProcessInfo", 5), call("supervisor.readLog", "x", 0)]],
        ["system.multicall", [call(5)]],
        ["system.multicall", [{ methodName: "supervisor.getAPIVersion", params: "x" }]],
        ["system.multicall", [{ methodName: "supervisor.getAPIVersion", params: {} }]],
        ["system.multicall", [{ methodName: "supervisor.getAPIVersion", params: 5 }]],
        ["system.multicall", ["text"]],
        ["system.multicall", [5]],
        ["system.multicall", [[]]],
        ["system.multicall", "text"],
        ["system.multicall", {}],
        ["system.multicall", ""],
      ]),
    );
  });
});

describe("standard input and remote events", { skip }, () => {
  test("what is sent arrives, in UTF-8; what cannot be sent is refused", async (t) => {
    const sections = `${MANY}
[program:closed]
command = /bin/sh -c "exec <&-; echo ready; exec sleep 1000000"
startsecs = 0
stdout_logfile = {dir}/closed.log

[fcgi-program:fast]
command = ${program("leaves-a-trail.sh")} {dir}/fast.trail
socket = unix://{dir}/fast.sock
startsecs = 0
`;
    await compare(t, sections, async (daemon) => {
      await eventually(() => readFileSync(join(daemon.dir, "closed.log"), "utf8").includes("ready"));
      const answers = await askAll(daemon, [
        ["startProcess", "cat"],
        ["sendProcessStdin", "cat", "one\n"],
        ["sendProcessStdin", "cat:cat", "zw\u00f6lf \u{1f600} <&>\n"],
        ["sendProcessStdin", "cat", ""],
        ["sendProcessStdin", "cat", 5],
        ["sendProcessStdin", "nobody", 5],
        ["sendProcessStdin", "cat", true],
        ["sendProcessStdin", "cat", ["a", 1, false]],
        ["sendProcessStdin", "cat", { a: "it's" }],
        ["sendProcessStdin", "cat:*", "x"],
        ["sendProcessStdin", "quiet", "x"],
        ["sendProcessStdin", "closed", "x"],
        ["sendProcessStdin", "closed", ""],
        ["sendProcessStdin", "fast", "x"],
        ["sendRemoteCommEvent", "a", "b"],
        ["sendRemoteCommEvent", "gr\u00fc\u00dfe", "\u{1f600}"],
        ["sendRemoteCommEvent", 5, 1.5],
        ["sendRemoteCommEvent", ["a"], { b: true }],
        ["sendRemoteCommEvent", "", ""],
      ]);
      const log = () => readFileSync(join(daemon.dir, "cat.log"), "utf8");
      await eventually(() => log().includes("zw"));
      return [...answers, { call: "cat.log", answer: log() }];
    });
  });
});

describe("while the daemon goes down", { skip }, () => {
  test("everything is refused but remote events and the system's own calls", async (t) => {
    const sections = `[program:deaf]
command = ${program("ignores-term.sh")}
startsecs = 0
stopwaitsecs = 4
stdout_logfile = {dir}/deaf.log
`;
    await compare(t, sections, async (daemon) => {
      await eventually(() => readFileSync(join(daemon.dir, "deaf.log"), "utf8").includes("ready"));
      const answers = [await ask(daemon, "supervisor.shutdown")];
      for (const [name, params] of Object.entries(FITTING))
        answers.push(await ask(daemon, `supervisor.${name}`, ...params));
      answers.push(
        ...(await askAll(daemon, [
          ["supervisor.nothing"],
          ["getState", "x"],
          ["startProcess", "nobody"],
          ["signalProcessGroup", "nobody", "x"],
          ["signalAllProcesses", "x"],
          ["sendProcessStdin", "deaf", 5],
          ["system.methodSignature", "supervisor.getPID"],
          [
            "system.multicall",
            [
              { methodName: "supervisor.getState" },
              { methodName: "supervisor.sendRemoteCommEvent", params: ["a", "b"] },
            ],
          ],
        ])),
      );
      await daemon.process.ended;
      return answers;
    });
  });

  test("a restart answers and comes back under the same pid", async (t) => {
    await compare(t, MANY, async (daemon) => {
      const answers = [await ask(daemon, "supervisor.startProcess", "cat"), await ask(daemon, "supervisor.restart")];
      await eventually(() => daemon.log().split("supervisord started with pid").length === 3, { context: daemon.log });
      await eventually(async () => (await daemon.rpc("getState")) !== null);
      return [...answers, ...(await askAll(daemon, [["getPID"], ["getState"], ["getProcessInfo", "cat"]]))];
    });
  });
});

describe("the XML of a call", { skip }, () => {
  const call = (params: string, method = "supervisor.sendProcessStdin") =>
    `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
  const param = (value: string) => `<param><value>${value}</value></param>`;
  /** The value is quoted in the fault. */
  const shown = (value: string) => call(param("cat") + param(value));

  test("every type that is read, and what is none", async (t) => {
    await compare(t, MANY, async (daemon) => {
      const bodies = [
        "   ",
        "text",
        "<methodCall>",
        "<methodCall></methodCall>",
        "<methodCall><methodName/></methodCall>",
        "<methodCall><methodName></methodName><params/></methodCall>",
        "<methodCall><methodName> supervisor.getState </methodName></methodCall>",
        "<methodCall><methodName>supervisor.getState</methodName></methodCall>",
        "<methodCall><methodName>supervisor.getState</methodName><params/></methodCall>",
        "<methodCall>\n <methodName>supervisor.getState</methodName>\n <params>\n </params>\n</methodCall>\n",
        "<other><methodName>supervisor.getState</methodName></other>",
        "<methodName>supervisor.getState</methodName>",
        "<methodCall><params/><methodName>supervisor.getState</methodName></methodCall>",
        "<methodCall><deep><methodName>supervisor.getState</methodName></deep></methodCall>",
        "<methodCall><methodName>nothing</methodName><methodName>supervisor.getState</methodName></methodCall>",
        "<!DOCTYPE methodCall><methodCall><methodName>supervisor.getState</methodName></methodCall>",
        "<!-- a --><methodCall><!-- b --><methodName>supervisor.get<!-- c -->State</methodName></methodCall>",
        "<methodCall><methodName>supervisor.getState</methodName></methodCall><more/>",
        "<methodCall><methodName>supervisor.getState</methodName></methodCall> text",
        "\ufeff<methodCall><methodName>supervisor.getState</methodName></methodCall>",
        "<?xml version='1.0' encoding='utf-8'?><methodCall><methodName>supervisor.getState</methodName></methodCall>",
        "<?xml version='1.0' encoding='iso-8859-1'?><methodCall><methodName>supervisor.getState</methodName></methodCall>",
        shown("<int>5</int>"),
        shown("<int> 5 </int>"),
        shown("<int>-5</int>"),
        shown("<int>+5</int>"),
        shown("<int>x</int>"),
        shown("<int></int>"),
        shown("<i4>7</i4>"),
        shown("<int>99999999999999999999</int>"),
        shown("<boolean>1</boolean>"),
        shown("<boolean>0</boolean>"),
        shown("<boolean>true</boolean>"),
        shown("<boolean> 1</boolean>"),
        shown("<double>1.5</double>"),
        shown("<double>-0.25</double>"),
        shown("<double>x</double>"),
        shown("<dateTime.iso8601>20260101T00:00:00</dateTime.iso8601>"),
        shown("<dateTime.iso8601>yesterday</dateTime.iso8601>"),
        shown("<array><data><value><int>1</int></value><value>two</value></data></array>"),
        shown("<array><data/></array>"),
        shown("<array/>"),
        shown("<struct><member><name>a</name><value><int>1</int></value></member></struct>"),
        shown("<struct/>"),
        shown("<struct><member><name>a</name></member></struct>"),
        shown("<base64>aGVsbG8=</base64>"),
        shown("<base64>/////w==</base64>"),
        shown("<nil/>"),
        shown("<i8>5</i8>"),
        shown("<other>text</other>"),
        shown("<string>a</string>"),
        shown(""),
        shown("<string/>"),
        shown("a<b/>c"),
        shown("&lt;&#65;&#x1F600;&amp;"),
        shown("<![CDATA[<x>]]>"),
        shown("<string>a<!-- b -->c</string>"),
        shown("&unknown;"),
        call("<param/>"),
        call("<value>cat</value><value>x</value>"),
        call(`${param("<string>nobody</string>")}${param("x")}`),
      ];
      const answers: Answer[] = [await ask(daemon, "supervisor.startProcess", "cat")];
      for (const body of bodies) answers.push({ call: body, answer: await askRaw(daemon, body) });
      return answers;
    });
  });
});

describe("names beyond ASCII", { skip }, () => {
  test("are asked for, answered and shown as they are", async (t) => {
    const sections = `[program:gr\u00fc\u00dfe]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = {dir}/\u00fc.log

[program:fern\u{1f600}]
command = ${program("exits.sh")} 0
startretries = 0
`;
    await compare(t, sections, async (daemon) => {
      await reaches(daemon, "gr\u00fc\u00dfe", "RUNNING");
      await reaches(daemon, "fern\u{1f600}", "FATAL");
      await daemon.rpc("sendProcessStdin", "gr\u00fc\u00dfe", "\u65e5\u672c\u8a9e\n");
      await eventually(() => readFileSync(join(daemon.dir, "\u00fc.log"), "utf8").endsWith("\u8a9e\n"));
      return askAll(daemon, [
        ["getAllProcessInfo"],
        ["readProcessStdoutLog", "gr\u00fc\u00dfe", 0, 0],
        ["tailProcessStdoutLog", "gr\u00fc\u00dfe", 0, 100],
        ["startProcess", "gr\u00fc\u00dfe"],
        ["stopProcess", "gr\u00fc\u00dfe"],
        ["startProcess", "gr\u00fc\u00dfe:*"],
        ["getProcessInfo", "\u65e5\u672c\u8a9e"],
      ]);
    });
  });
});

describe("the table of differences", { skip }, () => {
  test("holds nothing that is no longer met", () => {
    assert.deepEqual(judge.unmet(), []);
  });
});
