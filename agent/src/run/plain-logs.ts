// Log files that are handled where they are asked for: on disks that cannot hang while all else goes on.
import { createEmptyLog, removeStaleAutoLogs } from "./auto-logs.js";
import type { LogFiles } from "./ports.js";
import { RotatingFile } from "./rotating-file.js";

export const plainLogs: LogFiles = {
  sink: (path, rotation, onProblem) => new RotatingFile(path, rotation, onProblem),
  create: createEmptyLog,
  removeStale: removeStaleAutoLogs,
};
