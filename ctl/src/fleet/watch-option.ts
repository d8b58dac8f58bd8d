// The option `--watch`, apart from what it does so that no other run loads that.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Command } from "commander";

export const DEFAULT_SECONDS = 2;

function parseSeconds(text: string): number {
  const seconds = Number(text);
  if (text !== "" && seconds >= 0.5 && seconds <= 3600) return seconds;
  throw new FleetError("invalid-argument", `--watch ${text}: seconds from 0.5 to 3600`);
}

/** Adds the option to a command; its value is `watch`. */
export function withWatch(command: Command): Command {
  return command.option(
    "--watch [seconds]",
    `show it anew every some seconds (${DEFAULT_SECONDS}), until Ctrl-C`,
    (text) => parseSeconds(text),
  );
}
