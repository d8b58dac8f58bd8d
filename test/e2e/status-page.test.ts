// The status page: actions with the effects and words of a real supervisord's, our own looks, and no way in for other sites.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { type Answer, type Difference, Judge, onBoth } from "../helpers/answers.js";
import { launchBrowser, openPage, seriousViolations } from "../helpers/browser.js";
import { eventually } from "../helpers/eventually.js";
import { without } from "../helpers/needs.js";
import { program, ROOT } from "../helpers/paths.js";
import { defer, type Scope } from "../helpers/scope.js";
import { type Daemon, startDaemon } from "../helpers/supervisord.js";
import { type WebQuestion, webRequest } from "../helpers/web-request.js";

const INET = { username: "operator", password: "a:b" };

const SECTIONS = `[program:cat]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = {dir}/cat.log

[program:idle]
command = ${program("repeats-stdin.sh")}
startsecs = 0
autostart = false
stdout_logfile = NONE

[program:missing]
command = /does/not/exist
autostart = false

[program:plain]
command = ${join(ROOT, "README.md")}
autostart = false

[program:fails]
command = ${program("exits.sh")} 1
startretries = 0
autostart = false
startsecs = 10

[program:gr\u00fc\u00dfe]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = {dir}/u.log

[group:pair]
programs = one,two

[program:one]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = NONE

[program:two]
command = ${program("repeats-stdin.sh")}
startsecs = 0
stdout_logfile = NONE
`;

const DIFFERENCES: readonly Difference[] = [
  {
    calls: /^HEAD \/(\/?index\.html|%69ndex\.html|\?message=a|ok\.html)?$/,
    theirs: /^no HTTP: /,
    ours: /^200$/,
    why: "supervisord answers HEAD with 404 and a body, which breaks the connection; monitors ask for HEAD",
  },
  {
    calls: /^HEAD /,
    theirs: /^no HTTP: /,
    ours: /^404$/,
    why: "the same for what does not exist",
  },
  {
    calls: /action=(nonsense|start$|start&processname=$|start after shutdown)/,
    theirs: /^500$/,
    ours: /^400$/,
    why: "an action that does not exist, or that is told of no process, is the request's mistake, not the daemon's",
  },
];

const judge = new Judge(DIFFERENCES);

/** Status, place of a redirect and what matters of the headers, without times and addresses. */
async function visit(daemon: Daemon, path: string, question: WebQuestion = {}): Promise<Answer> {
  const call = `${question.method ?? "GET"} ${path} ${question.body ?? ""}`.trim();
  const reply = await webRequest(daemon.inet ?? {}, path, question).catch((error: Error) => error);
  if (reply instanceof Error) return { call, answer: `no HTTP: ${reply.message}` };
  const { status, headers } = reply;
  if (headers.location === undefined) return { call, answer: String(status) };
  const place = headers.location
    .replace(`:${daemon.inet?.port}`, ":PORT")
    .replace(/[A-Z][a-z]{2}%20[A-Z][a-z]{2}%20(%20\d|\d\d)%20\d\d%3A\d\d%3A\d\d%20\d{4}$/, "CTIME");
  return { call, answer: `${status} ${place} ${headers["cache-control"]}` };
}

async function states(daemon: Daemon): Promise<Answer> {
  const all = (await daemon.rpc("getAllProcessInfo")) as { name: string; statename: string }[];
  // How long one that fails is still STARTING differs by nature.
  const steady = all.filter(({ name }) => name !== "fails");
  return { call: "states", answer: steady.map(({ name, statename }) => `${name} ${statename}`).join(", ") };
}

describe("beside a real supervisord", { skip: without("supervisord") }, () => {
  test("every address and action has its effect, its message and its status", async (t) => {
    const { theirs, ours } = await onBoth(t, { sections: SECTIONS, inet: INET }, async (daemon) => {
      const answers: Answer[] = [];
      const go = async (path: string, question?: WebQuestion) =>
        answers.push(await visit(daemon, path, question), await states(daemon));
      for (const path of [
        "/",
        "/index.html",
        "//index.html",
        "/%69ndex.html",
        "/?message=a",
        "/ok.html",
        "/tail.html",
        "/tail.html?processname=cat",
        "/tail.html?processname=nobody&limit=x",
        "/nothing.html",
        "/INDEX.HTML",
        "/stylesheets/supervisor.css",
        "/stylesheets/",
        "/../web.py",
        "/%2e%2e/web.py",
        "/index.html/",
      ]) {
        for (const method of ["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]) {
          await go(path, method === "POST" || method === "PUT" ? { method, body: "x=y" } : { method });
        }
      }
      for (const action of ["start", "stop", "stop", "restart", "clearlog"]) {
        for (const name of [
          "cat",
          "idle",
          "missing",
          "plain",
          "fails",
          "pair:one",
          "pair:*",
          "one",
          "nobody",
          "gr%C3%BC%C3%9Fe",
          "%3Cb%3E%26%2F",
        ]) {
          await go(`/index.html?processname=${name}&action=${action}`);
        }
      }
      await go("/?action=refresh");
      await go("/index.html?action=refresh&processname=cat");
      await go("/index.html?action=stopall");
      await go("/index.html?action=restartall");
      await go("/index.html?action=nonsense");
      await go("/index.html?action=nonsense&processname=cat");
      await go("/index.html?action=nonsense&processname=nobody");
      await go("/index.html?action=start");
      await go("/index.html?action=start&processname=");
      await go("/index.html?action=&processname=cat");
      await go("/index.html?action=stop&action=start&processname=idle&processname=cat");
      await go("/index.html", { method: "POST", body: "action=stop&processname=cat" });
      await go("/index.html?action=start&processname=idle", { method: "POST", body: "action=start&processname=cat" });
      await go("/", { method: "POST", body: "action=restart&processname=pair%3Atwo" });
      await go("/index.html", {
        method: "POST",
        body: "action=start&action=stop&processname=one&processname=pair:one",
      });
      await go("/?action=refresh", { headers: { host: "other.example:80" } });
      await go("/?action=refresh", { headers: { host: "other.example:81" } });
      return answers;
    });
    judge.equal(theirs, ours);
    assert.deepEqual(judge.unmet(), []);
  });
});

/** A page of somebody else, with a link to press and a picture to load. */
async function elsewhere(t: Scope, body: string): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<!DOCTYPE html><html lang="en"><title>elsewhere</title><body>${body}</body></html>`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  defer(t, () => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const stateOf = async (daemon: Daemon, name: string) => String((await daemon.info(name)).statename);
const told = (page: Page) => page.getByRole("status").textContent();
const address = (daemon: Daemon, path = "/") => `http://127.0.0.1:${daemon.inet?.port}${path}`;

describe("our own page", { skip: without("chromium") }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchBrowser();
  });
  after(() => browser.close());

  const open = async (t: Scope, sections = SECTIONS) => {
    const daemon = await startDaemon(t, { kind: "fvagent", sections, inet: INET });
    return { daemon, ...(await openPage(t, browser, { httpCredentials: INET })) };
  };

  test("shows what is and does what its buttons say, without a script, for everyone", async (t) => {
    const { daemon, page, complaints } = await open(t);
    const cells = async (name: string) =>
      (
        await page
          .locator("tr", { has: page.getByRole("link", { name, exact: true }) })
          .locator("td")
          .allTextContents()
      ).join("|");
    await page.goto(address(daemon));
    assert.equal(await page.title(), "Supervisor Status");
    assert.match(await cells("cat"), /^running\|cat\|pid \d+, uptime \d:\d\d:\d\d/);
    assert.match(await cells("idle"), /^stopped\|idle\|Not started\|/);
    await page.getByRole("button", { name: "Stop cat" }).click();
    assert.equal(await told(page), "Process cat stopped");
    assert.equal(await stateOf(daemon, "cat"), "STOPPED");
    await page.getByRole("button", { name: "Start fails" }).click();
    assert.equal(await told(page), "ERROR: Process fails: spawn error");
    await page
      .getByRole("button", { name: "Start gr\u00fc\u00dfe" })
      .or(page.getByRole("button", { name: "Restart gr\u00fc\u00dfe" }))
      .click();
    assert.match((await told(page)) ?? "", /^Process gr\u00fc\u00dfe (re)?started$/);
    await page.getByRole("button", { name: "Refresh" }).click();
    assert.match(
      (await told(page)) ?? "",
      /^Page refreshed at [A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/,
    );
    await eventually(async () => (await stateOf(daemon, "fails")) === "FATAL");
    await page.reload();
    assert.deepEqual(await seriousViolations(page), []);
    if (process.env.FLEETVISOR_SCREENSHOTS !== undefined) {
      await page.screenshot({ path: join(process.env.FLEETVISOR_SCREENSHOTS, "status-page.png") });
      await page.setViewportSize({ width: 420, height: 900 });
      await page.screenshot({ path: join(process.env.FLEETVISOR_SCREENSHOTS, "status-page-narrow.png") });
      await page.setViewportSize({ width: 1440, height: 900 });
      await page.emulateMedia({ colorScheme: "dark" });
      await page.screenshot({ path: join(process.env.FLEETVISOR_SCREENSHOTS, "status-page-dark.png") });
    }
    await page.getByRole("button", { name: "Stop all" }).click();
    assert.match((await told(page)) ?? "", /^All stopped at /);
    assert.equal(await stateOf(daemon, "pair:one"), "STOPPED");
    await page.getByRole("button", { name: "Restart all" }).click();
    assert.match((await told(page)) ?? "", /^All restarted at /);
    assert.equal(await stateOf(daemon, "idle"), "RUNNING");
    assert.deepEqual(complaints, []);
  });

  test("a tail shows the end of a log as text, whatever is in it", async (t) => {
    const { daemon, page, complaints } = await open(t);
    const evil = "<script>document.title='x'</script><b>&amp;\n";
    await daemon.rpc("sendProcessStdin", "cat", `${"early\n".repeat(1000)}${evil}`);
    await eventually(async () => String(await daemon.rpc("readProcessStdoutLog", "cat", -200, 0)).includes("script"));
    await page.goto(address(daemon));
    await page.getByRole("link", { name: "cat", exact: true }).click();
    assert.equal(await page.title(), "Supervisor tail of process cat");
    const text = (await page.locator("pre").textContent()) ?? "";
    assert.ok(text.endsWith(evil));
    assert.equal(Buffer.byteLength(text), 1024);
    await page.goto(address(daemon, "/tail.html?processname=cat&limit=3000"));
    assert.equal(((await page.locator("pre").textContent()) ?? "").length, 3000);
    await page.getByRole("link", { name: "Refresh" }).click();
    assert.match(page.url(), /limit=3000$/);
    await page.goto(address(daemon, `/tail.html?processname=${encodeURIComponent("<i>\"'&")}`));
    assert.equal(await page.locator("pre").textContent(), "ERROR: unexpected rpc fault [10] BAD_NAME: <i>\"'&");
    await page.goto(address(daemon, "/tail.html"));
    assert.equal(await page.locator("pre").textContent(), "No process name found");
    await page.goto(address(daemon, "/tail.html?processname=idle"));
    assert.equal(await page.locator("pre").textContent(), "No file for idle");
    await page.goto(address(daemon, `/?message=${encodeURIComponent("<img src=x onerror=alert(1)>")}`));
    assert.equal(await told(page), "<img src=x onerror=alert(1)>");
    assert.deepEqual(await seriousViolations(page), []);
    assert.deepEqual(complaints, []);
  });

  test("says so when there is nothing to manage", async (t) => {
    const { daemon, page } = await open(t, "");
    await page.goto(address(daemon));
    assert.match((await page.locator("main").textContent()) ?? "", /No programs to manage/);
  });

  test("another site's links, forms, pictures and calls do nothing; a person may confirm what a link asked for", async (t) => {
    const { daemon, page } = await open(t);
    // So that the browser has the password to send along.
    await page.goto(address(daemon));
    const stop = address(daemon, "/index.html?processname=cat&action=stop");
    const call = `<?xml version="1.0"?><methodCall><methodName>supervisor.stopProcess</methodName><params><param><value>cat</value></param></params></methodCall>`;
    const evil = await elsewhere(
      t,
      `<img src="${stop}" alt=""><a href="${stop}">win</a><a rel="noreferrer" href="${stop}">win quietly</a>
       <form method="post" action="${address(daemon, "/index.html")}"><input name="processname" value="cat"><input name="action" value="stop"><button>post</button></form>
       <form method="post" enctype="text/plain" action="${address(daemon, "/RPC2")}"><input name='${call}' value=""><button>call</button></form>`,
    );
    // A host name of its own: for a browser 127.0.0.1 with another port is the same site.
    for (const site of [evil, evil.replace("127.0.0.1", "localhost")]) {
      for (const press of ["a >> nth=0", "a >> nth=1", "text=post", "text=call"]) {
        await page.goto(site);
        const answered = page.waitForResponse(
          (response) => response.url().startsWith(address(daemon, "/")) && response.request().isNavigationRequest(),
        );
        await page.click(press);
        assert.equal((await answered).status(), 403, `${press} on ${site}`);
        assert.equal(await stateOf(daemon, "cat"), "RUNNING", `${press} on ${site}`);
      }
    }
    await page.goto(evil);
    await page.click("a >> nth=0");
    await page.getByRole("button", { name: "Stop cat" }).click();
    assert.equal(await told(page), "Process cat stopped");
    assert.equal(await stateOf(daemon, "cat"), "STOPPED");
  });

  test("who says where a request comes from, and what that is worth", async (t) => {
    const daemon = await startDaemon(t, { kind: "fvagent", sections: SECTIONS, inet: INET });
    const host = `127.0.0.1:${daemon.inet?.port}`;
    const browserLike = { "user-agent": "Mozilla/5.0 (X11)" };
    const cases: [Record<string, string>, number][] = [
      [{}, 301],
      [{ "user-agent": "curl/8.0" }, 301],
      [browserLike, 403],
      [{ ...browserLike, referer: `http://${host}/` }, 301],
      [{ ...browserLike, referer: "http://evil.example/" }, 403],
      [{ ...browserLike, origin: "null" }, 403],
      [{ ...browserLike, origin: `http://${host}` }, 301],
      [{ ...browserLike, origin: `http://${host}`, "sec-fetch-site": "cross-site" }, 403],
      [{ ...browserLike, "sec-fetch-site": "same-site" }, 403],
      [{ ...browserLike, "sec-fetch-site": "none" }, 301],
      [{ ...browserLike, origin: "https://status.example" }, 403],
      [{ ...browserLike, origin: "https://status.example", "x-forwarded-host": "status.example" }, 301],
      [{ ...browserLike, origin: "http://status.example", host: "status.example:80" }, 301],
      [{ referer: "not an address" }, 403],
    ];
    for (const [headers, status] of cases) {
      const reply = await webRequest(daemon.inet ?? {}, "/?action=refresh", { headers });
      assert.equal(reply.status, status, JSON.stringify(headers));
    }
    for (const path of [
      "/",
      "/tail.html",
      "/stylesheets/supervisor.css",
      "/?action=refresh",
      "/index.html?action=stopall",
    ]) {
      const { port } = daemon.inet ?? {};
      assert.equal((await webRequest({ port: port ?? 0 }, path)).status, 401, path);
      assert.equal(
        (await webRequest({ port: port ?? 0, username: "operator", password: "a" }, path)).status,
        401,
        path,
      );
    }
    assert.equal(await stateOf(daemon, "cat"), "RUNNING");
  });
});
