// The searches of logs that run at one agent: what it finds goes to who asked, as far as it was asked for.
import type { LogMatches, LogSearchEnd } from "@fleetvisor/proto/gen/fleet/v1/fleet";
import type { Wire } from "./agent-instance.js";
import type { LogMatch, LogSearched, LogSearchReader, LogSearchRequest, LogStream } from "./instance.js";

/** What an agent says of a search that failed is cut to this. */
const REASON_CHARS = 1_024;
const UNREADABLE = 100;

interface OpenSearch {
  readonly wire: Wire;
  readonly reader: LogSearchReader;
  /** Whose logs were asked for, as `group:name`. */
  readonly asked: ReadonlySet<string>;
  /** Bytes that may still come. */
  creditBytes: number;
}

const NOTHING: LogSearched = { searchedBytes: 0, skippedBytes: 0, full: false, unreadable: [] };

export class AgentSearches {
  readonly #open = new Map<number, OpenSearch>();

  /** Sends the request; when that ends the session the reader hears its end before this returns. The id is of the same numbering as log streams. */
  open(streamId: number, wire: Wire, request: LogSearchRequest, reader: LogSearchReader): LogStream {
    const { targets, channels, ...rest } = request;
    const asked = new Set(targets.map(({ group, name }) => `${group}:${name}`));
    const search: OpenSearch = { wire, reader, asked, creditBytes: request.creditBytes };
    const value = {
      streamId,
      ...rest,
      channels: [...channels],
      targets: targets.map(({ group, name }) => ({ group, name })),
    };
    this.#open.set(streamId, search);
    wire.send({ $case: "logSearch", value });
    return {
      grant: (bytes) => {
        if (!this.#open.has(streamId)) return;
        search.creditBytes += bytes;
        wire.send({ $case: "logCredit", value: { streamId, bytes } });
      },
      close: () => {
        if (this.#open.delete(streamId)) wire.send({ $case: "logClose", value: { streamId } });
      },
    };
  }

  matches({ streamId, matches }: LogMatches): void {
    const search = this.#open.get(streamId);
    if (search === undefined) return;
    search.creditBytes -= matches.reduce((bytes, { line }) => bytes + line.length, 0);
    if (search.creditBytes < 0) {
      this.#open.delete(streamId);
      search.wire.send({ $case: "logClose", value: { streamId } });
      search.reader.end("the agent sent more than was asked for", NOTHING);
      return;
    }
    const found: LogMatch[] = [];
    for (const { group, name, channel, backup, offset, line, cut } of matches) {
      const isAsked = search.asked.has(`${group}:${name}`) && (channel === "stdout" || channel === "stderr");
      if (isAsked) found.push({ group, name, channel, backup, offset, line, cut });
    }
    search.reader.matches(found);
  }

  end(end: LogSearchEnd): void {
    const search = this.#open.get(end.streamId);
    this.#open.delete(end.streamId);
    const { error, searchedBytes, skippedBytes, full } = end;
    const unreadable = end.unreadable.slice(0, UNREADABLE).map((text) => text.slice(0, REASON_CHARS));
    search?.reader.end(error === "" ? null : error.slice(0, REASON_CHARS), {
      searchedBytes,
      skippedBytes,
      full,
      unreadable,
    });
  }

  /** No session any more. */
  drop(reason: string): void {
    const dropped = [...this.#open.values()];
    this.#open.clear();
    for (const { reader } of dropped) reader.end(reason, NOTHING);
  }
}
