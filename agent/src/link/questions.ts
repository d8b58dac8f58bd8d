// What the controller asks about what is there: pages of logs and the configuration. Few at a time, each answered once; nothing of it is
// loaded before the first.
import type {
  AgentMessage,
  Answer,
  ConfigQuestion,
  LogPageQuestion,
  Question,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { FAULTS, Fault } from "@fleetvisor/proto/vocabulary/faults";
import type { ResolvedConfig } from "../config/resolved.js";
import type { Supervisor } from "../run/supervisor.js";

/** Being answered at a time; more wait for their turn, up to so many. */
const MOST_AT_ONCE = 2;
const MOST_WAITING = 64;

type AnswerMessage = Extract<AgentMessage["body"], { $case: "answer" }>;
type Body = NonNullable<Answer["body"]>;

/** What is asked of the daemon around the supervisor. */
export interface ConfiguredDaemon {
  /** As last read. */
  config(): ResolvedConfig;
}

/** All questions of one connection to the controller. */
export class Questions {
  readonly #waiting: Question[] = [];
  #underWay = 0;
  #isClosed = false;

  constructor(
    private readonly supervisor: Supervisor,
    private readonly daemon: ConfiguredDaemon,
    private readonly send: (message: AnswerMessage) => void,
  ) {}

  /** Never throws: what cannot be answered is told. */
  take(question: Question): void {
    if (this.#waiting.length >= MOST_WAITING) {
      return this.#tell(question, new FleetError("rate-limited", `${MOST_WAITING} questions wait here already`));
    }
    this.#waiting.push(question);
    this.#next();
  }

  /** Whoever asked is gone: nothing is sent any more. */
  close(): void {
    this.#isClosed = true;
    this.#waiting.length = 0;
  }

  #next(): void {
    while (this.#underWay < MOST_AT_ONCE) {
      const question = this.#waiting.shift();
      if (question === undefined) return;
      this.#underWay += 1;
      const over = (result: Body | Error) => {
        this.#underWay -= 1;
        this.#tell(question, result);
        this.#next();
      };
      this.#answer(question).then(over, (error: unknown) =>
        over(error instanceof Error ? error : FleetError.from(error)),
      );
    }
  }

  async #answer({ body }: Question): Promise<Body> {
    switch (body?.$case) {
      case "logPage":
        return { $case: "logPage", value: await this.#logPage(body.value) };
      case "config":
        return { $case: "config", value: await this.#config(body.value) };
      default:
        throw new FleetError("invalid-argument", "this agent is too old to know what is asked");
    }
  }

  async #logPage({ group, name, channel, before, after, bytes, containing }: LogPageQuestion) {
    const log = this.supervisor.process(group, name)?.[channel === "stderr" ? "stderr" : "stdout"];
    if (log === undefined) throw new Fault("BAD_NAME", `${group}:${name}`);
    if (log.path === null) throw new Fault("NO_FILE");
    if (!log.settle()) throw new Fault("FAILED", "the disk of the log does not answer");
    const { readLogPage } = await import("../run/log-pages.js");
    const request = { before: before ?? null, after: after ?? null, bytes, containing: Buffer.from(containing) };
    return readLogPage(log.path, request);
  }

  async #config({ group, name }: ConfigQuestion) {
    const { daemonReport, processReport } = await import("../config/report.js");
    const config = this.daemon.config();
    const sections = group === "" && name === "" ? daemonReport(config) : processReport(config, group, name);
    if (sections === null) throw new Fault("BAD_NAME", `${group}:${name}`);
    return { sections };
  }

  #tell({ questionId }: Question, result: Body | Error): void {
    if (this.#isClosed) return;
    const value: Answer =
      result instanceof Error
        ? {
            questionId,
            error: result.message,
            code: result instanceof Fault ? result.code : FAULTS.FAILED,
            body: undefined,
          }
        : { questionId, error: "", code: 0, body: result };
    this.send({ $case: "answer", value });
  }
}
