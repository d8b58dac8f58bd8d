// What a restricted user sees of a random fleet is what the user would see if nothing else were there: two controllers, one with the whole
// fleet and one with the covered part alone, are asked everything and must answer alike. The live stream too.
import assert from "node:assert/strict";
import { test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { GrantList, HistoryPage, OperationTargetList, ProcessList } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERB_NAMES, type AccessVerb, ROLES } from "@fleetvisor/proto/vocabulary/access";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import fc from "fast-check";
import { mayDo, readGrants } from "../../controller/src/access/grants.js";
import type { NewGrant } from "../../controller/src/access/people.js";
import { anOperation, aTarget } from "../../controller/src/core/operation.fixture.js";
import type { Operation } from "../../controller/src/core/operation.js";
import { eventually } from "../helpers/eventually.js";
import {
  type AccessWorld,
  accessWorld,
  type HeardEvent,
  type Host,
  listenTo,
  processOf,
  type Row,
} from "./access-world.js";

const STATES: readonly ProcessState[] = ["RUNNING", "STOPPED", "FATAL", "BACKOFF", "EXITED"];
const word = fc.constantFrom("a", "b", "ab", "web1");
const pattern = fc.constantFrom("a", "b", "ab", "a*", "*b", "web?", "*");
const labels = fc.dictionary(fc.constantFrom("role", "dc"), fc.constantFrom("web", "db"), { noNullPrototype: true });
const row: fc.Arbitrary<Row> = fc.record({
  group: word,
  name: word,
  state: fc.constantFrom(...STATES),
  index: fc.nat(9),
});
const host: fc.Arbitrary<Host> = fc.record({
  name: fc.constantFrom("a", "b", "ab", "web1", "web2", "db1"),
  labels,
  processes: fc.uniqueArray(row, { maxLength: 5, selector: ({ group, name }) => `${group}:${name}` }),
});
const fleet = fc.uniqueArray(host, { maxLength: 6, selector: ({ name }) => name });
const selector = fc
  .record({
    instance: fc.option(pattern),
    label: fc.option(
      fc.tuple(fc.constantFrom("role", "dc"), fc.constantFrom("=", "!="), fc.constantFrom("web", "db", "*")),
    ),
    process: fc.option(fc.tuple(pattern, pattern)),
  })
  .map(({ instance, label, process }) => {
    const first = [instance, label?.join("") ?? null].filter((part) => part !== null);
    return `${first.length === 0 ? "*" : first.join(",")}/${process === null ? "all" : process.join(":")}`;
  });
const grant: fc.Arbitrary<NewGrant> = fc.oneof(
  fc.record({ role: fc.constantFrom(...ROLES), selector }),
  fc.record({ verbs: fc.subarray([...ACCESS_VERB_NAMES] as AccessVerb[], { minLength: 1 }), selector }),
);
const change = fc.record({
  host: fc.nat(),
  at: fc.nat(),
  kind: fc.constantFrom("state", "state", "add", "remove", "gone", "relabel"),
  row,
  labels,
});

/** The part that the grants cover, worked out target by target. */
function partOf(hosts: readonly Host[], grants: readonly NewGrant[]): Host[] {
  const all = readGrants(
    grants.map((one, at) => ({ id: `${at}`, role: one.role ?? null, verbs: one.verbs ?? [], selector: one.selector })),
  );
  return hosts.flatMap(({ name: instance, labels: has = {}, processes }) => {
    const sees = (group: string | null, name: string | null) =>
      mayDo(all, "read", { instance, labels: has, group, name });
    const part = processes.filter(({ group, name }) => sees(group, name));
    return part.length > 0 || sees(null, null) ? [{ name: instance, labels: has, processes: part }] : [];
  });
}

const seesItself = (grants: readonly NewGrant[], { name, labels: has = {} }: Host) =>
  partOf([{ name, labels: has, processes: [] }], grants).length > 0;

function eventOf(instance: string, process: Row | null) {
  const blank = {
    seq: null,
    atMs: 1,
    pid: null,
    exit: null,
    spawnError: null,
    end: null,
    operationId: null,
    user: null,
  };
  const what = { ...blank, instance, group: process?.group ?? null, name: process?.name ?? null, detail: null };
  return process === null
    ? ({ ...what, kind: "instance-up", fromState: null, toState: null } as const)
    : ({ ...what, kind: "process-state", fromState: "RUNNING", toState: process.state ?? "RUNNING" } as const);
}

function operationOf(id: string, hosts: readonly Host[]): Operation | null {
  const rest = { result: "succeeded", sentTo: "b1", code: 80, message: "OK", finishedAtMs: 5 } as const;
  const targets = hosts.flatMap(({ name: instance, processes }) =>
    processes.map(({ group, name }) => aTarget({ instance, group, name, ...rest })),
  );
  if (targets.length === 0) return null;
  const times = { createdAtMs: 1, deadlineAtMs: 9, finishedAtMs: 5 };
  return anOperation([], { id, selector: "secret words", ...times, targets });
}

/** What depends on when it was asked, and on nothing else. */
function steady(text: string): string {
  return text
    .replace(/"(atMs|livenessSinceMs|lastHeardAtMs|clockSkewMs)":-?\d+/g, '"$1":0')
    .replace(/"id":\d+/g, '"id":0');
}

function questions(hosts: readonly Host[]): string[] {
  const selectors = ["all", "a*/*:*", "role=web", "dc!=db/a:*", "state=FATAL", "web1/a:a web1/b:b"];
  const one = hosts.flatMap(({ name, processes }) => [
    `${API_PATHS.instances}/${name}`,
    ...processes.slice(0, 2).map((each) => `${API_PATHS.instances}/${name}/processes/${each.group}/${each.name}`),
    ...processes
      .slice(0, 1)
      .map((each) => `${API_PATHS.instances}/${name}/processes/${each.group}/${each.name}/logs/stdout`),
  ]);
  return [
    API_PATHS.fleet,
    API_PATHS.instances,
    API_PATHS.operations,
    `${API_PATHS.operations}/whole`,
    `${API_PATHS.operations}/whole/targets`,
    `${API_PATHS.operations}/first/targets?result=failed`,
    `${API_PATHS.operations}/first/targets?result=succeeded,pending&limit=1`,
    `${API_PATHS.operations}?limit=1`,
    ...["target", "state", "since"].map((sort) => `${API_PATHS.processes}?sort=${sort}&limit=2`),
    ...selectors.flatMap((text) => [
      `${API_PATHS.processes}?selector=${encodeURIComponent(text)}`,
      `${API_PATHS.events}?selector=${encodeURIComponent(text)}`,
    ]),
    API_PATHS.events,
    ...one,
  ];
}

async function fill(world: AccessWorld, hosts: readonly Host[], grants: readonly NewGrant[] | null): Promise<void> {
  const shown = grants === null ? hosts : partOf(hosts, grants);
  world.hosts(...shown);
  await world.history(
    ...shown.flatMap((each) => [
      ...(grants === null || seesItself(grants, each) ? [eventOf(each.name, null)] : []),
      ...each.processes.map((process) => eventOf(each.name, process)),
    ]),
  );
  for (const [id, some] of [
    ["whole", shown],
    ["first", shown.filter(({ name }) => name === hosts[0]?.name)],
  ] as const) {
    const operation = operationOf(id, some);
    if (operation !== null) await world.store.saveOperation(operation);
  }
}

/** What a user reads page by page, with a cursor from each page for the next. */
async function pages(world: AccessWorld, token: string): Promise<string[]> {
  const told: string[] = [];
  const lists = [API_PATHS.processes, API_PATHS.events, `${API_PATHS.operations}/whole/targets`];
  for (const path of lists.map((list) => `${list}?limit=2`)) {
    let cursor: string | null = null;
    do {
      const next: string = cursor === null ? path : `${path}&cursor=${encodeURIComponent(cursor)}`;
      const answer = await world.ask(next, { token });
      const page = (await answer.json()) as Partial<ProcessList | HistoryPage | OperationTargetList>;
      // The cursor too: one that counts what is hidden would tell of it. Of history it holds a number that nothing follows from.
      told.push(`${answer.status} ${steady(JSON.stringify(page.items ?? page))}`);
      cursor = page.nextCursor ?? null;
      if (path.includes("targets")) told.push(String(cursor));
    } while (cursor !== null && told.length < 100);
  }
  return told;
}

test("every answer to a restricted user is the one that a fleet of the covered part alone would give", async (t) => {
  let compared = 0;
  let partly = 0;
  await fc.assert(
    fc.asyncProperty(fleet, fc.array(grant, { maxLength: 3 }), async (hosts, grants) => {
      const scope = scopeOf(t.name);
      try {
        const [whole, part] = [await accessWorld(scope), await accessWorld(scope)];
        await fill(whole, hosts, null);
        await fill(part, hosts, grants);
        const tokens = [await whole.user("ann", ...grants), await part.user("ann", ...grants)] as const;
        if (JSON.stringify(partOf(hosts, grants)) !== JSON.stringify(hosts)) partly += 1;
        // With `administer` or `all` on everything nothing is hidden but what the first user alone could know.
        const isWhole = (await whole.get<{ administers: boolean }>(API_PATHS.session, { token: tokens[0] }))
          .administers;
        for (const path of questions(hosts)) {
          const [first, second] = [
            await whole.ask(path, { token: tokens[0] }),
            await part.ask(path, { token: tokens[1] }),
          ];
          const [text, expected] = [steady(await first.text()), steady(await second.text())];
          if (isWhole) continue;
          assert.equal(first.status, second.status, `${path}: ${text} ${expected}`);
          assert.equal(text, expected, path);
          compared += 1;
        }
        for (const verb of ["restart", "stop"]) {
          const asked = { method: "POST", body: { verb, selector: "all", dryRun: true } };
          const [first, second] = [
            await whole.ask(API_PATHS.operations, { ...asked, token: tokens[0] }),
            await part.ask(API_PATHS.operations, { ...asked, token: tokens[1] }),
          ];
          const blank = (text: string) => text.replace(/"id":"[^"]+"/, "").replace(/"createdAtMs":\d+/, "");
          assert.equal(blank(await first.text()), blank(await second.text()), verb);
        }
        assert.deepEqual(await pages(whole, tokens[0]), await pages(part, tokens[1]));
      } finally {
        await scope.end();
      }
    }),
    { numRuns: 15, interruptAfterTimeLimit: 40_000 },
  );
  assert.ok(compared > 300 && partly > 5, `${compared} answers compared, ${partly} fleets partly hidden`);
});

test("the live stream of a restricted user ends in the state that the routes show, and never names what is hidden", async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fleet,
      fc.array(grant, { minLength: 1, maxLength: 2 }),
      fc.array(change, { maxLength: 12 }),
      async (hosts, grants, changes) => {
        const scope = scopeOf(t.name);
        try {
          const world = await accessWorld(scope);
          world.hosts(...hosts);
          const token = await world.user("ann", ...grants);
          const before = await world.get<ProcessList>(`${API_PATHS.processes}?limit=1000`, { token });
          const { items } = await world.get<{ items: { name: string }[] }>(API_PATHS.instances, { token });
          const stream = await listenTo(scope, world, API_PATHS.stream, { token });
          await eventually(() => stream.heard.length > 0);
          const now = new Map(hosts.map((each) => [each.name, each]));
          const ever = new Set(partOf([...now.values()], grants).flatMap(namesOf));
          for (const one of changes) {
            apply(world, now, one);
            for (const name of partOf([...now.values()], grants).flatMap(namesOf)) ever.add(name);
          }
          await world.history(eventOf("zzz", null));
          world.hosts({ name: "end", processes: [] });
          // The admin's stream has no such sign for ann: what she is owed has left when a later answer is there.
          await world.get(API_PATHS.session, { token });
          await new Promise((resolve) => setTimeout(resolve, 20));
          const after = await world.get<ProcessList>(`${API_PATHS.processes}?limit=1000`, { token });
          const left = await world.get<{ items: { name: string }[] }>(API_PATHS.instances, { token });
          const model = replay(
            stream.heard,
            items.map(({ name }) => name),
            before.items.map(({ target, state }) => [target, state]),
          );
          if (model !== null) {
            assert.deepEqual(
              [...model.processes].sort(),
              after.items.map(({ target, state }) => [target, state]).sort(),
            );
            assert.deepEqual(
              [...model.instances].sort(),
              left.items
                .map(({ name }) => name)
                .filter((name) => name !== "end")
                .sort(),
            );
          }
          for (const { type, data } of stream.heard) {
            for (const name of [data.target, type.startsWith("instance") ? data.name : undefined]) {
              if (typeof name === "string" && name !== "end") assert.ok(ever.has(name), `${type} ${name}`);
            }
          }
        } finally {
          await scope.end();
        }
      },
    ),
    { numRuns: 25, interruptAfterTimeLimit: 40_000 },
  );
});

test("readers of equal visibility hear the same numbers, and what is hidden moves none of them", async (t) => {
  const world = await accessWorld(t);
  const shown = { group: "api", name: "a" };
  world.hosts({ name: "web1", processes: [shown, { group: "db", name: "d" }] }, { name: "db1", processes: [shown] });
  const ann = await world.user("ann", { role: "viewer", selector: "web1/api:*" });
  const bob = await world.user("bob", { role: "operator", selector: "web1/api:*" });
  const [first, second, whole] = [
    await listenTo(t, world, API_PATHS.stream, { token: ann }),
    await listenTo(t, world, API_PATHS.stream, { token: bob }),
    await listenTo(t, world, API_PATHS.stream),
  ];
  await eventually(() => whole.heard.length === 1 && first.heard.length === 1 && second.heard.length === 1);
  for (const state of ["STOPPED", "RUNNING", "FATAL"] as const) {
    for (const [name, group] of [
      ["db1", "api"],
      ["web1", "db"],
      ["web1", "api"],
    ] as const) {
      const process = processOf({ group, name: group === "db" ? "d" : "a", state });
      world.report(name, { type: "state-change", from: "RUNNING", process, end: null, orderId: null });
    }
  }
  await eventually(() => whole.heard.length >= 8 && first.heard.length === 4 && second.heard.length === 4);
  assert.deepEqual(first.heard.slice(1), second.heard.slice(1));
  assert.deepEqual(
    first.heard.map(({ id }) => id?.split(".")[1]),
    ["0", "1", "2", "3"],
  );
  assert.ok((await world.get<GrantList>(API_PATHS.grants)).items.length > 2);
});

test("numbers and cursors of history tell nothing of what lies between, live as in pages", async (t) => {
  const world = await accessWorld(t);
  const [shown, hidden] = [
    { group: "api", name: "a" },
    { group: "db", name: "d" },
  ];
  world.hosts({ name: "web1", processes: [shown, hidden] });
  const ann = await world.user("ann", { role: "viewer", selector: "web1/api:*" });
  const stream = await listenTo(t, world, API_PATHS.stream, { token: ann });
  await eventually(() => stream.heard.length > 0);
  for (let commit = 0; commit < 4; commit++) {
    const noise = Array.from({ length: commit * 7 }, () => eventOf("web1", hidden));
    const mine = { ...eventOf("web1", shown), detail: `${commit}` };
    await world.history(...noise, mine, ...noise, { ...mine, detail: `${commit}b` }, ...noise);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  const all = await world.get<HistoryPage>(API_PATHS.events, { token: ann });
  assert.deepEqual(
    all.items.map(({ detail }) => detail),
    ["3b", "3", "2b", "2", "1b", "1", "0b", "0"],
  );
  assert.equal(all.nextCursor, null);
  const ids = all.items.map(({ id }) => id);
  assert.deepEqual(
    ids.map((id) => id % 4_096),
    [1, 0, 1, 0, 1, 0, 1, 0],
    "places among what is seen",
  );
  assert.deepEqual(
    ids,
    [...ids].sort((a, b) => b - a),
  );
  for (const [limit, selector] of [
    [1, "all"],
    [3, "all"],
    [2, "web1/api:a"],
    [1, "*/*:*"],
  ] as const) {
    const paged: number[] = [];
    let cursor: string | undefined;
    do {
      const query = new URLSearchParams({ limit: `${limit}`, selector, ...(cursor === undefined ? {} : { cursor }) });
      const page: HistoryPage = await world.get(`${API_PATHS.events}?${query}`, { token: ann });
      paged.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    assert.deepEqual(paged, ids, `${limit} ${selector}`);
  }
  await eventually(() => stream.heard.filter(({ type }) => type === "history").length === 8);
  const told = stream.heard.filter(({ type }) => type === "history").map(({ data }) => data.id);
  assert.deepEqual(told, [...ids].reverse());
  const whole = await world.get<HistoryPage>(`${API_PATHS.events}?limit=1`);
  assert.ok((whole.items[0]?.id ?? 0) < 1_000, "who sees everything has the ids themselves");
});

function namesOf({ name, processes }: Host): string[] {
  return [name, ...processes.map((process) => `${name}/${process.group}:${process.name}`)];
}

function apply(
  world: AccessWorld,
  now: Map<string, Host>,
  { host: which, at, kind, row: made, labels: next }: Change,
): void {
  const known = [...now.values()][which % Math.max(1, now.size)];
  if (known === undefined) return;
  const process = known.processes[at % Math.max(1, known.processes.length)];
  const put = (processes: readonly Row[]) => now.set(known.name, { ...known, processes });
  const others = (than: Row) => known.processes.filter(({ group, name }) => group !== than.group || name !== than.name);
  if (kind === "gone") {
    world.gone(known.name);
    now.delete(known.name);
  } else if (kind === "relabel") {
    world.hosts({ ...known, labels: next });
    now.set(known.name, { ...known, labels: next });
  } else if (kind === "add") {
    world.report(known.name, { type: "process-added", process: processOf(made) });
    put([...others(made), made]);
  } else if (process !== undefined && kind === "remove") {
    world.report(known.name, { type: "process-removed", group: process.group, name: process.name });
    put(others(process));
  } else if (process !== undefined) {
    const state = made.state ?? "RUNNING";
    const changed = { ...process, state };
    const fact = {
      type: "state-change",
      from: "RUNNING",
      process: processOf(changed),
      end: null,
      orderId: null,
    } as const;
    world.report(known.name, fact);
    put([...others(process), changed]);
  }
}

type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

/** A client that follows the stream; null when it was told to ask anew. */
function replay(
  heard: readonly HeardEvent[],
  instances: readonly string[],
  processes: readonly (readonly [string, string])[],
) {
  const state = { instances: new Set(instances), processes: new Map(processes) };
  for (const { type, data } of heard) {
    if (type === "reset") return null;
    if (type === "instance") state.instances.add(String(data.name));
    if (type === "process") state.processes.set(String(data.target), String(data.state));
    if (type === "process-removed") state.processes.delete(String(data.target));
    if (type === "instance-removed") {
      state.instances.delete(String(data.name));
      for (const target of state.processes.keys())
        if (target.startsWith(`${data.name}/`)) state.processes.delete(target);
    }
  }
  state.instances.delete("end");
  return state;
}

/** A scope of one run of a property. */
function scopeOf(name: string) {
  const hooks: (() => unknown)[] = [];
  return {
    name,
    after: (hook: unknown) => void hooks.push(hook as () => unknown),
    async end() {
      for (const hook of hooks) await hook();
    },
  };
}
