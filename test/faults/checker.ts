// Judges a fault run: compares what really happened with what the controller tells. Pure; every rule is in evidence.ts.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { checkLives } from "./check-lives.js";
import { checkOrders, checkTold } from "./check-orders.js";
import { type Evidence, type Finding, type Host, type Rule, targetName, type Verdict } from "./evidence.js";

/** An outbox holds so many reports; only one that had more may have given some up. */
const OUTBOX_REPORTS = 10_000;
/** From the last word of an instance to its being given up, and then some. */
const GIVEN_UP_MS = 90_000;

export function check(evidence: Evidence): Verdict {
  const findings: Finding[] = [];
  const allowances: string[] = [];
  const reporter = (where: string) => (rule: Rule, what: string) => void findings.push({ rule, where, what });

  checkIds(evidence.history, reporter("history"));
  checkKinds(evidence, reporter("history"));
  checkTold(evidence, reporter("orders"));
  for (const host of evidence.hosts) checkInstance(evidence, host, reporter(host.instance));
  for (const target of evidence.targets) {
    const where = targetName(target);
    const report = reporter(where);
    const host = evidence.hosts.find(({ instance }) => instance === target.instance);
    if (host === undefined) throw new Error(`no evidence of ${target.instance}`);
    const events = evidence.history.filter((event) => event.kind === "process-state" && targetName(event) === where);
    const kills = evidence.kills.filter(({ instance }) => instance === target.instance);
    checkLives(target, host, events, kills, report, (why) => void allowances.push(`${where}: ${why}`));
    checkOrders(evidence, target, host, report);
    checkLive(evidence, host, target.name, where, report);
  }
  return { findings, allowances };
}

type Reporter = (rule: Rule, what: string) => void;

function checkIds(history: readonly HistoryEvent[], report: Reporter): void {
  history.forEach(({ id }, index) => {
    const before = history[index - 1]?.id ?? 0;
    if (id === before) report("doubled", `id ${id}`);
    else if (id < before) report("ids", `${id} follows ${before}`);
  });
}

/** The configuration never changes, so nothing is added or removed; and nothing is of anybody unknown. */
function checkKinds({ history, targets, hosts }: Evidence, report: Reporter): void {
  const names = new Set(targets.map(targetName));
  for (const event of history) {
    const { id, kind, instance, detail } = event;
    const host = hosts.find((one) => one.instance === instance);
    if (host === undefined) report("invented", `id ${id} is of ${instance}`);
    else if (kind === "process-state" && !names.has(targetName(event)))
      report("invented", `id ${id} is of ${targetName(event)}`);
    else if (kind === "process-added" || kind === "process-removed")
      report("invented", `${kind} of ${targetName(event)}`);
    else if (kind === "gap" && !mayOverflow(host)) report("gap", `${instance}: ${detail}`);
  }
}

/** Each life is reported in at most four changes. */
function mayOverflow({ boots }: Host): boolean {
  return boots.some(({ lives }) => 4 * [...lives.values()].reduce((sum, one) => sum + one.length, 0) > OUTBOX_REPORTS);
}

function checkInstance({ history, disturbances }: Evidence, { instance, boots }: Host, report: Reporter): void {
  const own = history.filter(({ kind, instance: one }) => one === instance && kind.startsWith("instance-"));
  let up = false;
  for (const { id, kind, atMs, detail } of own) {
    const goesUp = kind === "instance-up";
    if (goesUp === up && !(goesUp && detail === "the agent was started anew")) {
      report("instance", `${kind} (id ${id}) while it was ${up ? "up" : "down"}`);
    }
    const explained = disturbances.some(
      (one) => (one.instance ?? instance) === instance && one.fromMs <= atMs && one.toMs >= atMs - GIVEN_UP_MS,
    );
    if (!goesUp && !explained) report("instance", `down (id ${id}) with nothing in the way: ${detail}`);
    up = goesUp;
  }
  boots.forEach(({ startedMs, connectedMs }, index) => {
    const untilMs = boots[index + 1]?.startedMs ?? Number.POSITIVE_INFINITY;
    const seen = own.some(({ kind, atMs }) => kind === "instance-up" && atMs >= startedMs && atMs < untilMs);
    if (connectedMs !== null && !seen)
      report("instance", `start ${index + 1} of the agent connected and was never told`);
  });
}

/** What is shown at the end is what the host has. */
function checkLive({ processes }: Evidence, { boots }: Host, name: string, where: string, report: Reporter): void {
  const shown = processes.find(({ target }) => target === where);
  const last = boots.at(-1)?.lives.get(name)?.at(-1);
  const pid = last === undefined || last.end !== null ? null : last.pid;
  if (shown === undefined) report("live", "it is not shown");
  else if (shown.pid !== pid) report("live", `shown as ${shown.state} with pid ${shown.pid}, and it has ${pid}`);
}
