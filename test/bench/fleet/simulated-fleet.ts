// Many simulated agents: their heartbeats, a chosen rate of changes spread over them, and how long each change took to get where.
import type { NamedPapers } from "./papers.js";
import { Samples } from "./samples.js";
import { type AgentEvents, SimulatedAgent } from "./simulated-agent.js";

const TICK_MS = 5;
/** Changes whose sending is remembered; far more than are ever under way. */
const REMEMBERED = 1 << 21;

export class SimulatedFleet implements AgentEvents {
  readonly agents: readonly SimulatedAgent[];
  /** From a change's sending to its acknowledgement, and to the reader of the stream. */
  readonly toAck = new Samples();
  readonly toReader = new Samples();
  readonly partings = new Map<string, number>();
  readonly #sentMs = new Float64Array(REMEMBERED);
  #mark = 0;
  #measuring = false;
  #ticker: NodeJS.Timeout | null = null;
  #rate = 0;
  #startedMs = 0;
  #made = 0;
  #sampleDue = 0;
  #sampleAt = 0;
  #beatAt = 0;
  #beatDue = 0;
  #lastTickMs = 0;
  #seed = 1;
  online = 0;

  constructor(
    papers: readonly NamedPapers[],
    address: string,
    options: { readonly processes: number; readonly tailBytes: number },
  ) {
    const { processes, tailBytes } = options;
    this.agents = papers.map((each) => new SimulatedAgent(each, address, processes, { tailBytes, events: this }));
  }

  // ---- what agents tell ---------------------------------------------------------------------------------------

  nextMark(): number {
    return ++this.#mark;
  }

  sent(mark: number): void {
    this.#sentMs[mark % REMEMBERED] = performance.now();
  }

  acked(mark: number): void {
    if (this.#measuring) this.toAck.add(performance.now() - this.#sentAt(mark));
  }

  /** The reader of the stream saw a process with this mark. */
  seen(mark: number): void {
    if (this.#measuring && mark > 0) this.toReader.add(performance.now() - this.#sentAt(mark));
  }

  welcomed(): void {
    this.online += 1;
  }

  parted(_: SimulatedAgent, why: string): void {
    this.online = this.agents.reduce((sum, agent) => sum + Number(agent.online), 0);
    this.partings.set(why, (this.partings.get(why) ?? 0) + 1);
  }

  #sentAt(mark: number): number {
    return this.#sentMs[mark % REMEMBERED] ?? 0;
  }

  // ---- running ------------------------------------------------------------------------------------------------

  /** Everybody dials at once, as after a power cut; heartbeats follow. */
  start(): void {
    for (const agent of this.agents) agent.start();
    this.#lastTickMs = performance.now();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  /** From now on so many changes a second, over agents and processes at random. */
  setRate(rate: number): void {
    this.#rate = rate;
    this.#startedMs = performance.now();
    this.#made = 0;
  }

  measure(on: boolean): void {
    this.#measuring = on;
    if (!on) return;
    this.toAck.clear();
    this.toReader.clear();
  }

  stop(): void {
    if (this.#ticker !== null) clearInterval(this.#ticker);
    for (const agent of this.agents) agent.stop();
  }

  #tick(): void {
    const now = performance.now();
    const due = Math.floor(((now - this.#startedMs) / 1000) * this.#rate);
    for (; this.#made < due; this.#made++) this.#random().change(this.#number(1 << 16));
    const heartbeatMs = this.agents[0]?.heartbeatMs ?? 5_000;
    this.#beatDue += ((now - this.#lastTickMs) / heartbeatMs) * this.agents.length;
    for (; this.#beatDue >= 1; this.#beatDue--) {
      this.#beatAt = (this.#beatAt + 1) % this.agents.length;
      this.agents[this.#beatAt]?.heartbeat();
    }
    const sampleMs = this.agents[0]?.sampleMs ?? 0;
    if (sampleMs > 0) this.#sampleDue += ((now - this.#lastTickMs) / sampleMs) * this.agents.length;
    for (; this.#sampleDue >= 1; this.#sampleDue--) {
      this.#sampleAt = (this.#sampleAt + 1) % this.agents.length;
      this.agents[this.#sampleAt]?.sample();
    }
    this.#lastTickMs = now;
  }

  #random(): SimulatedAgent {
    const agent = this.agents[this.#number(this.agents.length)];
    if (agent === undefined) throw new Error("there are no agents");
    return agent;
  }

  /** Xorshift: the same changes in every run. */
  #number(below: number): number {
    this.#seed ^= this.#seed << 13;
    this.#seed ^= this.#seed >>> 17;
    this.#seed ^= this.#seed << 5;
    return (this.#seed >>> 0) % below;
  }

  // ---- totals -------------------------------------------------------------------------------------------------

  get changes(): number {
    return this.agents.reduce((sum, agent) => sum + agent.lastSeq, 0);
  }

  get unacked(): number {
    return this.agents.reduce((sum, agent) => sum + agent.unacked, 0);
  }

  get wrongAcks(): number {
    return this.agents.reduce((sum, agent) => sum + agent.wrongAcks, 0);
  }

  get snapshots(): number {
    return this.agents.reduce((sum, agent) => sum + agent.snapshots, 0);
  }

  counts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { processes } of this.agents) {
      for (const { state } of processes) counts.set(state, (counts.get(state) ?? 0) + 1);
    }
    return counts;
  }
}
