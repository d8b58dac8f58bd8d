// Every page of the web UI with something of everything on it, and what must hold of all of them in one colour scheme.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seriousViolations } from "./browser.js";
import type { MockApi } from "./mock-api.js";
import { visit } from "./mock-visit.js";
import { without } from "./needs.js";

export const MOCK_PAGES = [
  { path: "/", has: "Latest changes" },
  { path: "/?by=role", has: "1 wrong" },
  { path: "/processes", has: "websocket" },
  { path: "/instances", has: "4 instances" },
  { path: "/instances?worst=none", has: "No instance matches" },
  { path: "/instances/db-1", has: "Last heard" },
  { path: "/instances/web-1/processes/api/api-1", has: "Following" },
  { path: "/instances/worker-1/processes/scheduler/scheduler", has: "Last lines of stderr" },
  { path: "/instances/worker-1/processes/migrate/migrate", has: "No figures in this time" },
  { path: "/events", has: "Events, newest first" },
  { path: "/events?user=nobody", has: "No event matches" },
  { path: "/events?kind=gap", has: "Show every event" },
  {
    path: "/processes?columns=state,name,instance,detail,command,cpu,memory,pid,started,priority,autorestart,tries,since,actions",
    has: "websocket",
  },
  { path: "/access", has: "fvctl on a laptop" },
  { path: "/access/users", has: "restart on role=web/api:*" },
  { path: "/access/logins", has: "Everybody's sessions" },
  { path: "/access/hosts", has: "3 hosts left of 5" },
  { path: "/access/audit", has: "nobody known" },
  { path: "/access/audit?user=eve", has: "No row fits" },
  { path: "/access/explain", has: "To what" },
  { path: "/access/explain?verb=restart", has: "By the grant" },
  { path: "/controller", has: "175 MiB" },
  { path: "/operations", has: "2 operations" },
  { path: "/operations?state=aborted&user=ann", has: "No operation matches" },
  { path: "/operations/op-1", has: "no permission to run" },
  { path: "/operations/op-2", has: "Batches, 1 of 4 over" },
] as const;

/** Something of everything that a page can show. */
export function preparePages({ fleet }: MockApi): void {
  fleet.set("web-1/websocket:websocket", { state: "UNKNOWN", pid: null, description: "lost track" });
  fleet.set("web-2/websocket:websocket", { state: "STOPPING" });
  fleet.alarms.push({ kind: "store", message: "the disk is full", sinceMs: Date.now() - 90_000, instance: null });
  fleet.alarms.push({ kind: "identity", message: "refused", sinceMs: Date.now() - 5_000, instance: "db-1" });
  fleet.setInstance("web-2", { liveness: "late", livenessReason: "nothing heard for 20 s" });
  fleet.operations.startFails.set("worker-1/worker:worker-3", "no permission to run");
  fleet.operations.begin({ verb: "restart", selector: "worker-1/worker:*" }, "ann");
  const { id } = fleet.operations.begin({ verb: "restart", selector: "worker-1/worker:*", batch: "2" }, "admin");
  fleet.operations.control(id, "pause");
}

/** A file for each scheme calls it: a test of every page takes minutes on a busy machine, and files run beside each other. */
export function testLooks(colorScheme: "light" | "dark"): void {
  const needs = { skip: without("chromium") };
  test(`every page in ${colorScheme} colours passes axe and the content security policy`, needs, async (t) => {
    const { mock, page, complaints } = await visit(t, "/login", { browser: { colorScheme } });
    await page.getByRole("button", { name: "Log in" }).waitFor();
    preparePages(mock);
    const found: Record<string, string[]> = { "/login": await seriousViolations(page) };
    for (const { path, has } of MOCK_PAGES) {
      await page.goto(mock.url + path);
      await page.getByText(has).first().waitFor();
      found[path] = await seriousViolations(page);
    }
    await page.goto(`${mock.url}/instances/worker-1/processes/scheduler/scheduler`);
    await page.getByRole("button", { name: "Restart", exact: true }).click();
    await page.getByRole("dialog").getByText("It is stopped and started again.").waitFor();
    found.dialog = await seriousViolations(page);
    await page.getByRole("dialog").getByRole("button", { name: "Restart" }).click();
    await page
      .getByRole("region", { name: "Notices" })
      .getByText(/Restarted/)
      .first()
      .waitFor();
    found.notice = await seriousViolations(page);
    assert.deepEqual(
      Object.entries(found).filter(([, violations]) => violations.length > 0),
      [],
    );
    assert.deepEqual(complaints, []);
  });
}
