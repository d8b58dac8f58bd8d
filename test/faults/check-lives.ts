// Compares the lives of one process, as its host knows them, with those that history tells.
//
// A report is made and handed to the agent's disk in one turn of its loop: what an agent noticed in the last moments before it was
// killed may be lost, and nothing else. Such a loss is accepted only at the very end of that start of the agent.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import type { Boot, Host, Kill, Life, Rule, Target } from "./evidence.js";
import { targetName } from "./evidence.js";

/** How long before its agent's death something may have happened that nobody will hear of. */
const UNWRITTEN_MS = 250;
/** A child needs this long at most to write its pid down. */
const WRITING_MS = 2_000;

/** A life with its place among all lives of its process. */
interface Lived {
  readonly life: Life;
  readonly bootIndex: number;
  readonly boot: Boot;
  readonly lastOfBoot: boolean;
  /** It was born after this: the one before was over. Its line in the log comes when it is there, on a busy machine long after its birth. */
  readonly afterMs: number;
  readonly key: string;
}

interface Told {
  readonly events: readonly HistoryEvent[];
  /** Null for one that never came so far as to have a pid that was told. */
  readonly pid: number | null;
  readonly key: string | null;
}

export type Report = (rule: Rule, what: string) => void;

/** Calls `report` for each rule that is broken, `allow` for each loss that is accepted. */
export function checkLives(
  target: Target,
  host: Host,
  events: readonly HistoryEvent[],
  kills: readonly Kill[],
  report: Report,
  allow: (why: string) => void,
): void {
  const lived = livesOf(target, host);
  const told = cut(events);
  const known = new Map(lived.map((one) => [one.key, one]));
  const heard = new Map(told.flatMap((one) => (one.key === null ? [] : [[one.key, one] as const])));
  const pids = new Set(lived.map(({ life }) => life.pid));

  for (const { key, pid } of told) {
    if (key === null || known.has(key)) continue;
    if (pid !== null && pids.has(pid)) report("doubled", `the life of pid ${pid} is told again`);
    else report("invented", `pid ${pid} never lived`);
  }
  checkNameless(told, known, target, report, allow);
  for (const one of lived) {
    const match = heard.get(one.key);
    if (match !== undefined) compareLife(target, one, match.events, report, allow);
    else if (mayBeLost(one, one.life.bornMs, target.startMs)) allow(`pid ${one.life.pid} was born as its agent died`);
    else report("missing", `the life of pid ${one.life.pid}`);
  }
  checkSequence(
    lived.flatMap(({ key }) => (heard.has(key) ? [key] : [])),
    told.flatMap(({ key }) => (key !== null && known.has(key) ? [key] : [])),
    "history",
    report,
  );
  checkChain(told, known, report);
  checkTrail(target, host, lived, report, allow);
  checkCauses(lived, kills, report);
}

function livesOf(target: Target, { boots }: Host): Lived[] {
  const seen = new Map<number, number>();
  return boots.flatMap((boot, bootIndex) => {
    const lives = boot.lives.get(target.name) ?? [];
    return lives.map((life, index) => ({
      life,
      boot,
      bootIndex,
      lastOfBoot: index === lives.length - 1,
      afterMs: lives[index - 1]?.end?.atMs ?? boot.startedMs,
      key: keyOf(life.pid, seen),
    }));
  });
}

/** The system uses pids again: the second life of one is another. */
function keyOf(pid: number, seen: Map<number, number>): string {
  const count = (seen.get(pid) ?? 0) + 1;
  seen.set(pid, count);
  return `${pid}#${count}`;
}

/** A life begins with STARTING. */
function cut(events: readonly HistoryEvent[]): Told[] {
  const lives: HistoryEvent[][] = [];
  for (const event of events) {
    const last = lives.at(-1);
    if (event.toState === "STARTING" || last === undefined) lives.push([event]);
    else last.push(event);
  }
  const seen = new Map<number, number>();
  return lives.map((life) => {
    const pid = life.find((event) => event.pid !== null)?.pid ?? null;
    return { events: life, pid, key: pid === null ? null : keyOf(pid, seen) };
  });
}

function mayBeLost({ boot, lastOfBoot }: Lived, atMs: number, spanMs = 0): boolean {
  return lastOfBoot && boot.killedMs !== null && boot.killedMs - atMs <= UNWRITTEN_MS + spanMs;
}

/** A start that was told and whose pid was not: its agent died in between, so another start of the agent must follow. */
function checkNameless(
  told: readonly Told[],
  known: ReadonlyMap<string, Lived>,
  target: Target,
  report: Report,
  allow: (why: string) => void,
): void {
  told.forEach((one, index) => {
    if (one.key !== null) return;
    const before = bootOf(told.slice(0, index).reverse(), known) ?? 0;
    const after = bootOf(told.slice(index + 1), known);
    const states = one.events.map(({ toState }) => toState).join(" ");
    if (after !== null && after > before && states === "STARTING") allow("a start was told as its agent died");
    else report("invented", `${states} of ${targetName(target)} without a pid`);
  });
}

function bootOf(told: readonly Told[], known: ReadonlyMap<string, Lived>): number | null {
  for (const { key } of told) {
    const lived = key === null ? undefined : known.get(key);
    if (lived !== undefined) return lived.bootIndex;
  }
  return null;
}

function compareLife(
  target: Target,
  lived: Lived,
  events: readonly HistoryEvent[],
  report: Report,
  allow: (why: string) => void,
): void {
  const { life, boot } = lived;
  const pid = `pid ${life.pid}`;
  const actual = events.map(({ toState }) => String(toState));
  const repeated = actual.find((state, index) => actual.indexOf(state) !== index);
  if (repeated !== undefined) return report("doubled", `${repeated} of ${pid}: ${actual.join(" ")}`);
  const stranger = events.find((event) => event.pid !== null && event.pid !== life.pid);
  if (stranger !== undefined)
    return report("wrong-end", `${stranger.toState} of ${pid} is told of pid ${stranger.pid}`);

  const courses = coursesOf(target, lived, boot.killedMs !== null, events);
  const text = actual.join(" ");
  if (courses.some((course) => course.join(" ") === text)) return checkSignal(life, events, report);
  const lastMs = life.end?.atMs ?? life.upMs ?? life.bornMs;
  if (mayBeLost(lived, lastMs) && courses.some((course) => course.join(" ").startsWith(text))) {
    return allow(`the last of ${pid} happened as its agent died`);
  }
  const [expected = []] = courses;
  const absent = expected.filter((state) => !actual.includes(state));
  const extra = actual.filter((state) => !expected.includes(state));
  const what = `${pid} went ${expected.join(" ")} and is told as ${text}`;
  if (absent.length > 0) report("missing", what);
  else if (extra.length > 0) report("invented", what);
  else report("reordered", what);
}

/** What history may tell of a life, the likeliest first. */
function coursesOf(target: Target, lived: Lived, killed: boolean, events: readonly HistoryEvent[]): string[][] {
  const { life, afterMs } = lived;
  const up = life.upMs !== null ? ["STARTING", "RUNNING"] : ["STARTING"];
  if (life.end === null) return killed ? [up, [...up, "STOPPING"]] : [up];
  if (life.end.how === "stopped") return [[...up, "STOPPING", "STOPPED"]];
  if (life.upMs !== null) return [[...up, "EXITED"]];
  const failed = ["STARTING", "BACKOFF"];
  // Only who asked can have ended the wait for another try.
  const stopped = events.some(({ toState, operationId }) => toState === "STOPPED" && operationId !== null);
  // It had stayed up just long enough when it ended: that is seen at its end.
  const uptimeMs = events.find(({ toState }) => toState === "EXITED")?.uptimeMs ?? life.end.atMs - life.bornMs;
  const longestMs = Math.min(uptimeMs, life.end.atMs - afterMs);
  const late = longestMs >= target.startMs - 1 ? [["STARTING", "RUNNING", "EXITED"]] : [];
  return [failed, ...(stopped ? [[...failed, "STOPPED"]] : []), ...late];
}

const ENDS: ReadonlySet<string | null> = new Set(["EXITED", "STOPPED", "BACKOFF"]);

function checkSignal(life: Life, events: readonly HistoryEvent[], report: Report): void {
  const end = events.find(({ toState }) => ENDS.has(toState));
  if (life.end === null || end === undefined || end.exitSignal === life.end.signal) return;
  report("wrong-end", `pid ${life.pid} ended by ${life.end.signal} and is told as ${end.exitSignal}`);
}

function checkSequence(expected: readonly string[], actual: readonly string[], where: string, report: Report): void {
  const at = expected.findIndex((key, index) => key !== actual[index]);
  if (at < 0 && expected.length === actual.length) return;
  const show = (keys: readonly string[]) => keys.slice(at, at + 4).join(", ");
  report("reordered", `lives ${show(expected)} came in another order in ${where}: ${show(actual)}`);
}

/** Within a start of the agent each change begins where the last ended; each new start begins at STOPPED, once. */
function checkChain(told: readonly Told[], known: ReadonlyMap<string, Lived>, report: Report): void {
  let before: HistoryEvent | undefined;
  let bootIndex = 0;
  for (const { events, key } of told) {
    for (const event of events) {
      const linked = before === undefined ? event.fromState === "STOPPED" : before.toState === event.fromState;
      const anew = !linked && event.fromState === "STOPPED" && event.toState === "STARTING";
      if (anew) bootIndex++;
      else if (!linked) {
        const after = before?.toState ?? "nothing";
        report("chain", `${event.fromState} to ${event.toState} (id ${event.id}) follows ${after}`);
      }
      if (before !== undefined && event.atMs < before.atMs) {
        report("reordered", `id ${event.id} of ${event.atMs} follows id ${before.id} of ${before.atMs}`);
      }
      before = event;
    }
    const lived = key === null ? undefined : known.get(key);
    if (lived === undefined) continue;
    if (lived.bootIndex < bootIndex)
      report("chain", `more starts of the agent than there were before pid ${lived.life.pid}`);
    bootIndex = lived.bootIndex;
  }
}

/** The agent's log and what the children wrote themselves. */
function checkTrail(
  target: Target,
  { boots, trails }: Host,
  lived: readonly Lived[],
  report: Report,
  allow: (why: string) => void,
): void {
  const seen = new Map<number, number>();
  const trail = (trails.get(target.name) ?? []).map((pid) => keyOf(pid, seen));
  const known = new Set(lived.map(({ key }) => key));
  const unknown = trail.filter((key) => !known.has(key));
  const deaths = boots.filter(({ killedMs }) => killedMs !== null).length;
  if (unknown.length > deaths) report("trail", `${unknown.join(", ")} wrote themselves down and are not in the log`);
  else if (unknown.length > 0) allow(`${unknown.join(", ")} began as their agent died`);
  const written = new Set(trail);
  for (const { key, life, boot } of lived) {
    const endMs = life.end?.atMs ?? boot.killedMs ?? Number.POSITIVE_INFINITY;
    if (!written.has(key) && endMs - life.bornMs > WRITING_MS) report("trail", `pid ${life.pid} left no trail`);
  }
  checkSequence(
    lived.flatMap(({ key }) => (written.has(key) ? [key] : [])),
    trail.filter((key) => known.has(key)),
    "the trail",
    report,
  );
}

/** Children live until a signal comes: an end without one of the driver's is somebody else's doing. */
function checkCauses(lived: readonly Lived[], kills: readonly Kill[], report: Report): void {
  for (const { life, afterMs } of lived) {
    const { end } = life;
    if (end?.how !== "exited") continue;
    const meant = kills.some(({ pid, atMs }) => pid === life.pid && atMs >= afterMs - 1 && atMs <= end.atMs + 1);
    if (!meant) report("unexplained", `pid ${life.pid} ended by ${end.signal ?? "itself"}`);
  }
}
