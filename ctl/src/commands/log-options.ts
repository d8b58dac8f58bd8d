// Options that the commands about logs share. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

export type Channel = "stdout" | "stderr";
export type Channels = Channel | "both";

/** Reads `--channel`. Throws FleetError `invalid-argument`. */
export function parseChannels(text: string): Channels {
  const channels = text.toLowerCase();
  if (channels === "stdout" || channels === "stderr" || channels === "both") return channels;
  throw new FleetError("invalid-argument", `--channel ${text}: stdout, stderr or both`);
}

export function channelsOf(channels: Channels): readonly Channel[] {
  return channels === "both" ? ["stdout", "stderr"] : [channels];
}

/** A reader of whole numbers from `least` to `most` after the option `name`. */
export function wholeNumber(name: string, least: number, most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (text.trim() !== "" && Number.isInteger(count) && count >= least && count <= most) return count;
    throw new FleetError("invalid-argument", `${name} ${text}: a whole number from ${least} to ${most}`);
  };
}
