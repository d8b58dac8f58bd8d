// Questions that are under way at one agent. Each lives and dies with the session it left on; nothing is changed by one, so that who got
// no answer simply asks again.
import type { Answer, LogPosition as PositionMessage, Question } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import type { Wire } from "./agent-instance.js";
import type { ConfigSection, LogPage, LogPageRequest, LogPosition } from "./instance.js";

const ANSWER_WITHIN_MS = 15_000;
/** At one agent, so that one who hangs does not collect them. */
const MOST_AT_ONCE = 32;
/** What an agent says of a failure is cut to this. */
const REASON_CHARS = 1_024;
/** A page is 64 KiB and the end of a line; what is longer is no page. */
const MOST_PAGE_BYTES = 256 * 1024;
const MOST_FILE_CHARS = 128;
const MOST_OPTIONS = 5_000;

type Asked = NonNullable<Question["body"]>;
type Told = NonNullable<Answer["body"]>;

interface Pending {
  readonly settle: (result: Told | FleetError) => void;
}

const NOT_THERE: ReadonlySet<number> = new Set([FAULTS.BAD_NAME, FAULTS.NO_FILE]);

export class AgentQuestions {
  readonly #pending = new Map<number, Pending>();
  #ids = 0;

  /** Rejects with `not-found` for what is not there (any more), else `unavailable` or `deadline-exceeded`. */
  async logPage(wire: Wire, request: LogPageRequest): Promise<LogPage> {
    const { group, name, channel, before, after, bytes, containing } = request;
    const told = await this.#ask(wire, {
      $case: "logPage",
      value: {
        ...{ group, name, channel, bytes },
        before: before === null ? undefined : { ...before },
        after: after === null ? undefined : { ...after },
        containing: Buffer.from(containing),
      },
    });
    if (told.$case !== "logPage") throw unreadable();
    const { data, start, end, backup, isOldest, isNewest, found } = told.value;
    if (data.length > MOST_PAGE_BYTES) throw unreadable();
    return {
      ...{ data, backup, isOldest, isNewest },
      ...{ start: positionOf(start), end: positionOf(end) },
      found: found === undefined ? null : positionOf(found),
    };
  }

  /** Of a process, or of the daemon for null. Rejects as `logPage`. */
  async config(
    wire: Wire,
    process: { readonly group: string; readonly name: string } | null,
  ): Promise<ConfigSection[]> {
    const { group, name } = process ?? { group: "", name: "" };
    const told = await this.#ask(wire, { $case: "config", value: { group, name } });
    if (told.$case !== "config") throw unreadable();
    const { sections } = told.value;
    if (sections.reduce((sum, { options }) => sum + options.length + 1, 0) > MOST_OPTIONS) throw unreadable();
    return sections.map(({ title, options }) => ({
      title,
      options: options.map(({ name: option, value, isMasked }) => ({ name: option, value, isMasked })),
    }));
  }

  /** What a question came to; one that is settled says nothing. */
  answer({ questionId, error, code, body }: Answer): void {
    const pending = this.#pending.get(questionId);
    if (pending === undefined) return;
    if (error !== "") {
      pending.settle(new FleetError(NOT_THERE.has(code) ? "not-found" : "unavailable", error.slice(0, REASON_CHARS)));
    } else pending.settle(body ?? unreadable());
  }

  /** No session any more. */
  drop(reason: string): void {
    for (const { settle } of [...this.#pending.values()]) settle(new FleetError("unavailable", reason));
  }

  #ask(wire: Wire, body: Asked): Promise<Told> {
    if (this.#pending.size >= MOST_AT_ONCE) {
      return Promise.reject(new FleetError("unavailable", `${MOST_AT_ONCE} questions are under way there already`));
    }
    const questionId = ++this.#ids;
    return new Promise((resolve, reject) => {
      const late = () => settle(new FleetError("deadline-exceeded", "the agent did not answer in time"));
      const timer = setTimeout(late, ANSWER_WITHIN_MS);
      const settle = (result: Told | FleetError) => {
        clearTimeout(timer);
        this.#pending.delete(questionId);
        if (result instanceof FleetError) reject(result);
        else resolve(result);
      };
      this.#pending.set(questionId, { settle });
      // Sending can end a session that does not read; then it is dropped here.
      wire.send({ $case: "question", value: { questionId, body } });
    });
  }
}

function positionOf(position: PositionMessage | undefined): LogPosition {
  if (position === undefined || position.file.length > MOST_FILE_CHARS) throw unreadable();
  return { file: position.file, offset: position.offset };
}

function unreadable(): FleetError {
  return new FleetError("unavailable", "the agent's answer cannot be read");
}
