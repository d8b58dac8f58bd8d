// The part of the HTTP API, version 1, that is more than the end of one log: pages of it, several as one stream, standard input, and the
// configuration.
import { type Static, Type } from "typebox";

const Channel = Type.Unsafe<"stdout" | "stderr">({
  type: "string",
  enum: ["stdout", "stderr"],
  description: "Which log",
});

// ---- pages ----------------------------------------------------------------------------------------------------

/** A place in a log as text, `FILE@OFFSET`; only the agent that gave it knows what it means. */
const POSITION = "^[\\w.-]{1,128}@\\d{1,15}$";

export const LogPageQuery = Type.Object(
  {
    before: Type.Optional(
      Type.String({
        pattern: POSITION,
        description: "A place that was told: the page ends there. Without it and `after`: at the end of the log",
      }),
    ),
    after: Type.Optional(
      Type.String({ pattern: POSITION, description: "A place that was told: the page begins there" }),
    ),
    containing: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 2_048,
        description: "The page ends with the newest lines that are these, before `before` where that is given",
      }),
    ),
    bytes: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 65_536, default: 65_536, description: "About so many; lines are whole" }),
    ),
  },
  { additionalProperties: false },
);
export type LogPageQuery = Static<typeof LogPageQuery>;

export const LogPage = Type.Object(
  {
    text: Type.String({ description: "Whole lines of one file, read as UTF-8 with replacement marks" }),
    bytes: Type.Integer({ description: "How many bytes of the file that is" }),
    start: Type.String({ description: "Where it begins: `before` of the page before it" }),
    end: Type.String({ description: "Where it ends: `after` of the page after it" }),
    backup: Type.Integer({ description: "0: the current file; N: the rotated file `.N`" }),
    isOldest: Type.Boolean({ description: "Nothing older is kept" }),
    isNewest: Type.Boolean({ description: "Nothing newer is written yet" }),
    found: Type.Union([Type.String(), Type.Null()], { description: "With `containing`: where those lines begin" }),
  },
  { $id: "LogPage" },
);
export type LogPage = Static<typeof LogPage>;

// ---- several logs ---------------------------------------------------------------------------------------------

/** Logs of one stream: each is a stream at an agent. */
export const MOST_LOGS = 50;

export const LogsQuery = Type.Object(
  {
    selector: Type.String({ minLength: 1, maxLength: 4096, description: "Of which processes" }),
    channel: Type.Optional(
      Type.Unsafe<"stdout" | "stderr" | "both">({
        type: "string",
        enum: ["stdout", "stderr", "both"],
        default: "stdout",
        description: "Which logs",
      }),
    ),
    tailBytes: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 65_536,
        default: 4_096,
        description: "How much of the end of each to begin with",
      }),
    ),
  },
  { additionalProperties: false },
);
export type LogsQuery = Static<typeof LogsQuery>;

/** Data of the `logs` event, the first of a stream of several logs; again when processes came to match. */
export const FollowedLogs = Type.Object(
  {
    logs: Type.Array(Type.Object({ target: Type.String(), channel: Channel }), {
      description: "Those that are followed",
    }),
    total: Type.Integer({ description: "How many there are: more than are followed where they are too many" }),
    forbidden: Type.Integer({ description: "Processes that match and whose logs the caller may not read" }),
  },
  { $id: "FollowedLogs" },
);
export type FollowedLogs = Static<typeof FollowedLogs>;

/** Data of `chunk` events of such a stream, in the order in which they came to the controller. */
export const LogsChunk = Type.Object(
  {
    target: Type.String(),
    channel: Channel,
    text: Type.String(),
    skippedBytes: Type.Integer({ description: "Left out before this text: the reader was too slow" }),
    isTail: Type.Boolean({ description: "Written before the stream began" }),
  },
  { $id: "LogsChunk" },
);
export type LogsChunk = Static<typeof LogsChunk>;

/** Data of `state` events of such a stream: one log is followed no longer, or again. */
export const FollowedLogState = Type.Object(
  {
    target: Type.String(),
    channel: Channel,
    reason: Type.Union([Type.String(), Type.Null()], {
      description:
        "Why it is not followed; it is tried again. Null once it is followed again: what was written meanwhile is missing",
    }),
  },
  { $id: "FollowedLogState" },
);
export type FollowedLogState = Static<typeof FollowedLogState>;

// ---- standard input -------------------------------------------------------------------------------------------

export const StdinRequest = Type.Object(
  {
    text: Type.String({
      minLength: 1,
      maxLength: 65_536,
      description: "Written as it is, as UTF-8: a line wants its line feed",
    }),
  },
  { $id: "StdinRequest", additionalProperties: false },
);
export type StdinRequest = Static<typeof StdinRequest>;

// ---- configuration --------------------------------------------------------------------------------------------

export const ConfigReport = Type.Object(
  {
    sections: Type.Array(
      Type.Object({
        title: Type.String({ description: "As in the file: program:api" }),
        options: Type.Array(
          Type.Object({
            name: Type.String(),
            value: Type.String({ description: "With defaults and expansions applied; empty where nothing is set" }),
            isMasked: Type.Boolean({ description: "There is a value that may be a secret: it stays on the host" }),
          }),
        ),
      }),
    ),
  },
  { $id: "ConfigReport" },
);
export type ConfigReport = Static<typeof ConfigReport>;
