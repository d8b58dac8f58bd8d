// `--ttl`: how long a token is good for. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { parseSpan } from "../render/words.js";

const DAY_S = 86_400;

/** A reader of `90s`, `12h` or `30d` as whole seconds from `leastS` to `mostS`. Throws FleetError `invalid-argument`. */
export function parseTtl(leastS: number, mostS: number): (text: string) => number {
  return (text) => {
    const seconds = Math.round(parseSpan(text, "--ttl") / 1000);
    if (seconds >= leastS && seconds <= mostS) return seconds;
    throw new FleetError("invalid-argument", `--ttl ${text}: from ${leastS}s to ${mostS / DAY_S}d`);
  };
}
