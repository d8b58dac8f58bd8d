// The reports of one session: into the live fleet and into history, acknowledged once they are kept; read no faster than they are kept.
import type { ControllerMessage, ReportBatch } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { HistoryEvent } from "../core/history.js";
import type { Report } from "../core/rows.js";
import { Intake } from "../run/intake.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { Store } from "../store/store.js";
import { checkBootId, decodeReport, PROCESSES } from "./decode.js";

/** Boots of which one session may bring what is left; an agent that crashes in a row leaves little each time. */
const EARLIER_BOOTS = 1_000;
/** Reports under way to the store at which the stream is not read until they are kept, and fewer than which it is again. */
const PAUSE_REPORTS = 2_000;
const RESUME_REPORTS = 500;

export interface ReportsWorld {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly heartbeatMs: number;
  readonly userOf: (operationId: string) => string | null;
  readonly onKept: (events: readonly HistoryEvent[]) => void;
}

/** Whose reports they are, and how far they were kept when the session began. */
export interface ReportsOrigin {
  readonly agentId: string;
  readonly bootId: string;
  readonly instance: string;
  readonly committedSeq: number;
}

export interface ReportsWire {
  readonly stream: { pause(): unknown; resume(): unknown };
  send(body: NonNullable<ControllerMessage["body"]>): void;
  /** Ends the session. */
  fail(error: FleetError): void;
}

export class SessionReports {
  readonly #world: ReportsWorld;
  readonly #origin: ReportsOrigin;
  readonly #wire: ReportsWire;
  readonly #intake: Intake;
  /** Of earlier boots of the agent, whose last reports come late. */
  readonly #earlier = new Map<string, Promise<Intake>>();
  #ackedSeq: number;
  #ackPlanned = false;
  #paused: NodeJS.Timeout | null = null;
  #ended = false;
  #unkept = false;

  constructor(world: ReportsWorld, origin: ReportsOrigin, wire: ReportsWire) {
    this.#world = world;
    this.#origin = origin;
    this.#wire = wire;
    this.#intake = this.#intakeFrom(origin.bootId, origin.committedSeq);
    this.#ackedSeq = origin.committedSeq;
  }

  /** Whether reports of this session are shown and not kept any more. */
  get unkept(): boolean {
    return this.#unkept;
  }

  /** The session is over: the stream is let alone. */
  end(): void {
    this.#ended = true;
    if (this.#paused !== null) clearInterval(this.#paused);
  }

  /** Throws FleetError for what cannot be. */
  take(batch: ReportBatch): void {
    const { bootId, instance } = this.#origin;
    const reports = batch.reports.map(decodeReport);
    if (batch.bootId !== "" && batch.bootId !== bootId) {
      this.#takeEarlier(batch.bootId, reports);
      return;
    }
    const { fleet, store } = this.#world;
    if (fleet.reports(instance, reports)) this.#wire.send({ $case: "snapshotRequest", value: {} });
    if ((fleet.fleet.instances.get(instance)?.processes.size ?? 0) > PROCESSES) {
      throw new FleetError("invalid-argument", `more than ${PROCESSES} processes`);
    }
    if (this.#unkept) return;
    this.#intake.take(reports).then(
      (seq) => {
        if (seq !== null) this.#acknowledge(seq);
        if (this.#intake.waiting <= RESUME_REPORTS) this.#resume();
      },
      (error: unknown) => this.#notTaken(error),
    );
    if (this.#intake.waiting < PAUSE_REPORTS) return;
    if (store.trouble === null) this.#pause();
    else this.#leaveUnkept();
  }

  /** What an earlier boot left: history, and nothing that is still so. */
  #takeEarlier(bootId: string, reports: readonly Report[]): void {
    if (this.#unkept) return;
    checkBootId(bootId);
    let intake = this.#earlier.get(bootId);
    if (intake === undefined) {
      if (this.#earlier.size >= EARLIER_BOOTS) throw new FleetError("too-large", "reports of too many boots");
      const committed = this.#world.store.committedSeq(this.#origin.agentId, bootId);
      intake = committed.then((committedSeq) => this.#intakeFrom(bootId, committedSeq));
      this.#earlier.set(bootId, intake);
    }
    intake
      .then(async (known) => {
        await known.take(reports);
        this.#wire.send({ $case: "ack", value: { bootId, seq: known.committed } });
      })
      .catch((error: unknown) => this.#notTaken(error));
  }

  #intakeFrom(bootId: string, committedSeq: number): Intake {
    const { store, userOf, onKept } = this.#world;
    const { agentId, instance } = this.#origin;
    return new Intake({ store, agentId, bootId, instance, committedSeq, userOf, onKept });
  }

  /** While nothing can be written reports are shown and not kept: the agent has them until they are acknowledged. */
  #notTaken(error: unknown): void {
    const failure = FleetError.from(error);
    if (failure.kind === "unavailable" && this.#world.store.trouble !== null) this.#leaveUnkept();
    else this.#wire.fail(failure);
  }

  /** From here on nothing of this session goes into history: the next one begins where history ends. */
  #leaveUnkept(): void {
    this.#unkept = true;
    this.#resume();
  }

  /** Commits that end together are told together. */
  #acknowledge(seq: number): void {
    this.#ackedSeq = Math.max(this.#ackedSeq, seq);
    if (this.#ackPlanned) return;
    this.#ackPlanned = true;
    setImmediate(() => {
      this.#ackPlanned = false;
      this.#wire.send({ $case: "ack", value: { bootId: "", seq: this.#ackedSeq } });
    });
  }

  /** While we do not read, silence is ours: the transport's own pings tell whether the agent is there. */
  #pause(): void {
    if (this.#paused !== null || this.#ended) return;
    this.#wire.stream.pause();
    this.#paused = setInterval(() => {
      this.#world.fleet.heard(this.#origin.instance);
      if (this.#world.store.trouble !== null) this.#leaveUnkept();
    }, this.#world.heartbeatMs);
  }

  #resume(): void {
    if (this.#paused === null || this.#ended) return;
    clearInterval(this.#paused);
    this.#paused = null;
    this.#wire.stream.resume();
  }
}
