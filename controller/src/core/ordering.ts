// In which order the processes of one instance are acted on: supervisord's, by priority, the other way round for a stop.
import type { Verb } from "./operation.js";
import type { Process } from "./rows.js";

export function inOrderOf(verb: Verb, processes: readonly Process[]): Process[] {
  const direction = verb === "stop" ? -1 : 1;
  return [...processes].sort(
    (a, b) =>
      direction *
      (a.priority - b.priority || (a.group < b.group ? -1 : a.group > b.group ? 1 : 0) || a.index - b.index),
  );
}
