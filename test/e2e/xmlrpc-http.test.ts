// The HTTP under XML-RPC: what a real supervisord and fvagent answer to the same bytes, who is let in, how logs are followed.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, renameSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { describe, test } from "node:test";
import { encodeCall } from "@fleetvisor/proto/xmlrpc/codec";
import { type Answer, type Difference, Judge, onBoth } from "../helpers/answers.js";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { program } from "../helpers/paths.js";
import { commandOf } from "../helpers/proc.js";
import { exchange, openSocket } from "../helpers/raw-http.js";
import { defer, type Scope } from "../helpers/scope.js";
import type { Daemon } from "../helpers/supervisord.js";

const skip = without("supervisord");

const BODY = encodeCall("supervisor.getAPIVersion", []);
const post = (path = "/RPC2", more = "", version = "1.1", body = BODY) =>
  `POST ${path} HTTP/${version}\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n${body}`;
const get = (path: string, more = "", method = "GET", version = "1.1") =>
  `${method} ${path} HTTP/${version}\r\nHost: x\r\n${more}\r\n`;

/** Where fvagent answers otherwise on purpose. */
const DIFFERENCES: readonly Difference[] = [
  {
    calls: /./,
    theirs: /^401 [^|]*"default"$/,
    ours: /^401 [^|]*"default" closed$/,
    why: "both say Connection: close with a 401; fvagent does it",
  },
  {
    calls: /^Authorization: Basic (!!!|bm9jb2xvbg==) /,
    theirs: /^500 /,
    ours: /^401 /,
    why: "credentials without a colon are wrong ones",
  },
  {
    calls: /^chunks$/,
    theirs: /^411 .* closed$/,
    ours: /^411 /,
    why: "the refused chunks are read past, the connection goes on",
  },
  { calls: /^length 0$/, theirs: /^$/, ours: /^400 /, why: "supervisord never answers an empty body" },
  {
    calls: /^length of letters$/,
    theirs: /^500 /,
    ours: /^400 .* closed$/,
    why: "a length that is no number is a bad request",
  },
  {
    calls: /^negative length$/,
    theirs: /^400 /,
    ours: /^400 .* closed$/,
    why: "so is a negative one, after which nothing can be trusted",
  },
  {
    calls: /^blank lines first$/,
    theirs: /^ closed$/,
    ours: /^200 /,
    why: "RFC 9112, 2.2: blank lines before a request are skipped",
  },
  {
    calls: /^garbage$/,
    theirs: /^ closed$/,
    ours: /^400 .* closed$/,
    why: "what is no HTTP is told so before it is let go",
  },
  {
    calls: /^0\.9$/,
    theirs: /^500 .* closed$/,
    ours: /^(200|400) .* closed$/,
    why: "HTTP/0.9 makes supervisord stumble",
  },
  {
    calls: /^(odd version|folded header|a header without a colon)$/,
    theirs: /^200 /,
    ours: /^400 .* closed$/,
    why: "requests that proxies read one way and servers another are how requests are smuggled; no client sends them",
  },
  {
    calls: /^expect$/,
    theirs: /^200 /,
    ours: /^100 Continue \| 200 /,
    why: "RFC 9110, 10.1.1: who asks whether to go on is told",
  },
  { calls: /^\/logtail(\?x)?$/, theirs: /^500 /, ours: /^404 /, why: "no process is named, so there is no such log" },
];

const judge = new Judge(DIFFERENCES);

/** What came back, as lines: of each response its status and the headers that clients look at, its body, and the end. */
function shown(text: string, closed: boolean): string {
  const heads = [...text.matchAll(/HTTP\/(\S+) (\d+) ([^\r]*)\r\n((?:[^\r]+\r\n)*)\r\n/g)].map(
    ([, , status, reason, headers = ""]) => {
      const kept = headers
        .split("\r\n")
        .filter((line) => /^(www-authenticate|content-type|x-accel-buffering|transfer-encoding|server):/i.test(line))
        .sort();
      return [`${status} ${reason}`, ...kept].join("; ");
    },
  );
  return `${heads.join(" | ")}${closed ? " closed" : ""}`;
}

async function say(daemon: Daemon, call: string, ...pieces: string[]): Promise<Answer> {
  const { text, closed } = await exchange(daemon.unix, ...pieces);
  return { call, answer: shown(text, closed) };
}

const SECTIONS = `[program:cat]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = {dir}/cat.log
stdout_logfile_maxbytes = 0

[program:quiet]
command = ${program("repeats-stdin.sh")}
autostart = false
stdout_logfile = NONE
stderr_logfile = {dir}/never.log

[program:gr\u00fc\u00dfe]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = {dir}/u.log
`;

describe("requests", { skip }, () => {
  test("methods, addresses, lengths, versions and what keeps a connection open", async (t) => {
    const { theirs, ours } = await onBoth(t, { sections: SECTIONS }, async (daemon) => {
      await eventually(() => existsSync(join(daemon.dir, "cat.log")));
      const answers: Answer[] = [];
      const go = async (call: string, ...pieces: string[]) => answers.push(await say(daemon, call, ...pieces));
      for (const method of ["GET", "PUT", "DELETE", "OPTIONS", "PATCH", "HEAD"]) {
        await go(`${method} /RPC2`, get("/RPC2", "", method));
        await go(`${method} /mainlogtail/no`, get("/logtail/nobody", "", method));
      }
      for (const path of [
        "/RPC2",
        "/RPC2/",
        "/RPC2xyz",
        "/RPC2?a=b",
        "/%52PC2",
        "/rpc2",
        "//RPC2",
        "/nothing",
        "/RPC",
        "/images/none.gif",
      ]) {
        await go(`POST ${path}`, post(path));
      }
      await go("no length", `POST /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n`);
      await go("chunks", `POST /RPC2 HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
      await go("length 0", post("/RPC2", "", "1.1", ""));
      await go("length of letters", `POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\nhello`);
      await go("negative length", `POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\nhello`);
      await go("garbage in a body", post("/RPC2", "", "1.1", "hello"));
      await go("unknown method", post("/RPC2", "", "1.1", encodeCall("nothing", [])));
      await go("in pieces", ...(post().match(/[\s\S]{1,40}/g) ?? []));
      await go("two after another", post(), post());
      await go("two at once", post() + post());
      await go("a bad one and a good one", get("/RPC2"), post());
      await go("closing", post("/RPC2", "Connection: close\r\n"));
      await go("closing, in capitals", post("/RPC2", "Connection: Close\r\n"));
      await go("1.0", post("/RPC2", "", "1.0"));
      await go(
        "1.0 keep-alive",
        post("/RPC2", "Connection: keep-alive\r\n", "1.0"),
        post("/RPC2", "Connection: Keep-Alive\r\n", "1.0"),
      );
      await go("1.0 error", get("/RPC2", "", "GET", "1.0"));
      await go("no host", `POST /RPC2 HTTP/1.1\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`);
      await go("blank lines first", `\r\n\r\n${post()}`);
      await go("garbage", "garbage\r\n\r\n");
      await go("0.9", "GET /ok.html\r\n\r\n");
      await go("odd version", get("/ok.html", "", "GET", "9.9"));
      await go("folded header", post("/RPC2", "X-A: a\r\n b\r\n"));
      await go("a header without a colon", post("/RPC2", "nonsense\r\n"));
      await go("expect", post("/RPC2", "Expect: 100-continue\r\n"));
      await go("ok", get("/ok.html"));
      await go("half a request", "POST /RPC2 HTTP/1.1\r\nHost:");
      return answers;
    });
    judge.equal(theirs, ours);
  });

  test("the error page is the same to the byte", async (t) => {
    const { theirs, ours } = await onBoth(t, {}, async (daemon) => {
      const bodies: string[] = [];
      for (const bytes of [get("/RPC2"), post("/nothing"), `POST /RPC2 HTTP/1.1\r\nHost: x\r\n\r\n`, get("/nothing")]) {
        bodies.push((await exchange(daemon.unix, bytes)).text.replace(/^[\s\S]*?\r\n\r\n/, ""));
      }
      return bodies;
    });
    assert.deepEqual(ours, theirs);
  });

  test("an answer is the same to the byte", async (t) => {
    const { theirs, ours } = await onBoth(t, { sections: SECTIONS }, async (daemon) => {
      const bodies: string[] = [];
      const calls: Parameters<typeof encodeCall>[] = [
        ["supervisor.getState", []],
        ["supervisor.stopProcess", ["nobody"]],
        ["system.multicall", [[{ methodName: "x" }]]],
        ["supervisor.reloadConfig", []],
      ];
      for (const call of calls) {
        bodies.push(
          (await exchange(daemon.unix, post("/RPC2", "", "1.1", encodeCall(...call)))).text.replace(
            /^[\s\S]*?\r\n\r\n/,
            "",
          ),
        );
      }
      return bodies;
    });
    assert.deepEqual(ours, theirs);
  });
});

describe("who is let in", { skip }, () => {
  const sha = createHash("sha1").update("s\u00e9cret:x").digest("hex");
  const LOCKED = `${SECTIONS}
[unix_http_server:plain]
file = {dir}/plain.sock
username = me
password = pass:word
chmod = 0770
chown = nobody:nogroup

[unix_http_server:sha]
file = {dir}/sha.sock
username = me
password = {SHA}${sha}

[unix_http_server:capitals]
file = {dir}/capitals.sock
username = me
password = {SHA}${sha.toUpperCase()}
`;
  const basic = (text: string) => `Authorization: Basic ${Buffer.from(text).toString("base64")}\r\n`;

  test("plain and hashed passwords, wrong ones, none, and other schemes, on every address", async (t) => {
    const { theirs, ours } = await onBoth(t, { sections: LOCKED }, async (daemon) => {
      const answers: Answer[] = [];
      const go = async (call: string, socket: string, bytes: string) => {
        const { text, closed } = await exchange({ socketPath: join(daemon.dir, `${socket}.sock`) }, bytes);
        answers.push({ call: `${call} on ${socket}`, answer: shown(text, closed) });
      };
      for (const path of [
        "/RPC2",
        "/logtail/cat",
        "/mainlogtail",
        "/",
        "/ok.html",
        "/stylesheets/supervisor.css",
        "/nothing",
      ]) {
        for (const header of ["", basic("me:wrong")])
          await go(`GET ${path} ${header.trim()}`, "plain", get(path, header));
      }
      const tries = [
        "me:pass:word",
        "me:pass",
        "me:pass:word ",
        "Me:pass:word",
        "you:pass:word",
        ":pass:word",
        "me:",
        ":",
        `me:{SHA}${sha}`,
        `me:${sha}`,
        "me:s\u00e9cret:x",
      ];
      for (const socket of ["plain", "sha", "capitals"]) {
        for (const each of tries) await go(each, socket, post("/RPC2", basic(each)));
      }
      const odd = [
        "Authorization: Basic\r\n",
        "Authorization: Basic !!!\r\n",
        "Authorization: Bearer x\r\n",
        "Authorization: Digest x\r\n",
        basic("me:pass:word").replace("Basic", "basic"),
        basic("me:pass:word").replace("Authorization", "AUTHORIZATION"),
        basic("me:pass:word").replace("Basic ", "Basic  "),
        basic("nocolon"),
        "Authorization: \r\n",
        basic("me:pass:word") + basic("me:wrong"),
        basic("me:wrong") + basic("me:pass:word"),
      ];
      for (const header of odd) await go(header.trim(), "plain", post("/RPC2", header));
      return answers;
    });
    judge.equal(theirs, ours);
  });

  test("mode and owner of a socket file", async (t) => {
    const { theirs, ours } = await onBoth(t, { sections: LOCKED }, async (daemon) =>
      ["sv", "plain", "sha"].map((name) => {
        const { mode, uid, gid } = statSync(join(daemon.dir, `${name}.sock`));
        return `${name} ${mode.toString(8)} ${uid}:${gid}`;
      }),
    );
    assert.deepEqual(ours, theirs);
  });
});

/** A follower of a log and what it has heard, without the marks of chunks. */
async function follow(t: Scope, daemon: Daemon, path: string, version = "1.1") {
  const socket: Socket = await openSocket(daemon.unix);
  defer(t, () => socket.destroy());
  let text = "";
  let closed = false;
  socket.setEncoding("latin1");
  socket.on("data", (chunk: string) => {
    text += chunk;
  });
  socket.on("error", () => undefined);
  socket.on("close", () => {
    closed = true;
  });
  socket.write(get(path, "", "GET", version));
  return {
    socket,
    closed: () => closed,
    text: () =>
      Buffer.from(
        text.replace(/^[\s\S]*?\r\n\r\n/, "").replace(/[0-9a-f]+\r\n([\s\S]*?)\r\n(?=[0-9a-f]+\r\n|$)/g, "$1"),
        "latin1",
      ).toString(),
  };
}

describe("following a log", { skip }, () => {
  test("which log an address means", async (t) => {
    const { theirs, ours } = await onBoth(t, { sections: SECTIONS }, async (daemon) => {
      for (const name of ["cat.log", "u.log"]) await eventually(() => existsSync(join(daemon.dir, name)));
      const answers: Answer[] = [];
      const paths = [
        "/logtail/cat",
        "/logtail/cat/stdout",
        "/logtail/cat/stderr",
        "/logtail/cat:cat",
        "/logtail/cat%3Acat/stdout",
        "/logtail/gr%C3%BC%C3%9Fe",
        "/logtail/nobody",
        "/logtail/cat:*",
        "/logtail/cat:",
        "/logtail/cat/other",
        "/logtail/cat/stdout/",
        "/logtail/cat/",
        "/logtail/",
        "/logtail",
        "/logtail?x",
        "/logtailcat/cat",
        "/logtail/quiet",
        "/logtail/quiet/stderr",
        "/logtail/cat?a=b",
        "/mainlogtail",
        "/mainlogtail/x",
        "/mainlogtailx",
        "/mainlogtail?x",
      ];
      for (const path of paths) answers.push(await say(daemon, path, get(path)));
      for (const path of ["/logtail/cat", "/mainlogtail"]) {
        for (const method of ["POST", "PUT", "HEAD", "DELETE"])
          answers.push(await say(daemon, `${method} ${path}`, get(path, "Content-Length: 0\r\n", method)));
      }
      return answers;
    });
    judge.equal(theirs, ours);
  });

  test("the last kilobyte, then what is written, over a rotation from outside", async (t) => {
    const { theirs, ours } = await onBoth(t, { sections: SECTIONS }, async (daemon) => {
      const file = join(daemon.dir, "cat.log");
      await eventually(() => readFileSync(file, "utf8") === "ready\n");
      const heard: string[] = [];
      const early = await follow(t, daemon, "/logtail/cat");
      await eventually(() => early.text() === "ready\n", { context: early.text });
      await daemon.rpc("sendProcessStdin", "cat", `${"0123456789abcde\n".repeat(100)}\u00fc\n`);
      await eventually(() => early.text().endsWith("\u00fc\n"), { context: early.text });
      const late = await follow(t, daemon, "/logtail/cat:cat/stdout");
      await eventually(() => late.text().endsWith("\u00fc\n"));
      heard.push(early.text(), late.text());
      renameSync(file, `${file}.1`);
      process.kill(daemon.pid, "SIGUSR2");
      await eventually(() => existsSync(file));
      // As long as the real one needs to look.
      await new Promise((resolve) => setTimeout(resolve, 300));
      await daemon.rpc("sendProcessStdin", "cat", "after\n");
      await eventually(() => late.text().endsWith("after\n") && early.text().endsWith("after\n"), {
        context: late.text,
      });
      heard.push(early.text(), late.text());
      await daemon.rpc("stopProcess", "cat");
      await daemon.rpc("startProcess", "cat");
      await eventually(() => late.text().endsWith("after\nready\n"), { context: late.text });
      heard.push(String(late.closed()), String(early.closed()));
      return heard;
    });
    assert.deepEqual(ours, theirs);
  });

  test("the main log is followed as it grows", async (t) => {
    const { theirs, ours } = await onBoth(t, { sections: SECTIONS }, async (daemon) => {
      const follower = await follow(t, daemon, "/mainlogtail");
      await eventually(() => follower.text().includes("started with pid"));
      // Before it is cat, a SIGTERM would be lost.
      await eventually(async () => commandOf(Number((await daemon.info("cat")).pid)).endsWith("cat"));
      await daemon.rpc("stopProcess", "cat");
      await eventually(() => /stopped: cat \(terminated by SIGTERM\)/.test(follower.text()), {
        context: follower.text,
      });
      return follower.closed();
    });
    assert.equal(ours, theirs);
  });
});

describe("the table of differences", { skip }, () => {
  test("holds nothing that is no longer met", () => {
    assert.deepEqual(judge.unmet(), []);
  });
});
