// Who this agent is to its controller: the key and certificate in the state directory, and how they are first obtained.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ControllerAddress } from "../config/resolved.js";
import type { LinkSettings } from "./settings.js";

/** All PEM text. */
export interface Identity {
  readonly agentId: string;
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
}

const FILE = "identity.json";

/** Reads the identity; null before the agent has joined. Throws FleetError when the file cannot be used. */
export function readIdentity(stateDir: string): Identity | null {
  const path = join(stateDir, FILE);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return null;
    throw new FleetError("unavailable", `cannot read ${path}: ${errnoOf(error) ?? error}`, { cause: error });
  }
  try {
    const { agentId, key, certificate, ca } = JSON.parse(text) as Partial<Identity>;
    if (agentId && key && certificate && ca) return { agentId, key, certificate, ca };
  } catch {
    // Said below.
  }
  throw new FleetError("invalid-argument", `${path} is damaged; remove it and give the agent a new join token`);
}

/** Written whole or not at all, readable by the owner alone. */
export function writeIdentity(stateDir: string, identity: Identity): void {
  const path = join(stateDir, FILE);
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileSync(`${path}.new`, JSON.stringify(identity, null, 2), { mode: 0o600 });
    renameSync(`${path}.new`, path);
  } catch (error) {
    throw new FleetError("unavailable", `cannot write ${path}: ${errnoOf(error) ?? error}`, { cause: error });
  }
}

function joinToken(settings: LinkSettings): string {
  const { joinToken: source } = settings;
  if (source === null) {
    throw new FleetError(
      "unauthenticated",
      "this agent has not joined yet and has no join token: set join_token_file in [fleetvisor] or FLEETVISOR_JOIN_TOKEN",
    );
  }
  if ("text" in source) return source.text.trim();
  try {
    return readFileSync(source.file, "utf8").trim();
  } catch (error) {
    throw new FleetError("unavailable", `cannot read join token ${source.file}: ${errnoOf(error) ?? error}`);
  }
}

/**
 * The identity of this agent: the one on disk, or one obtained from the controller with the join token. Rejects with
 * FleetError: `unauthenticated` for a token that is missing or not accepted, `unavailable` when nobody answers.
 */
export async function ensureIdentity(settings: LinkSettings, controller: ControllerAddress): Promise<Identity> {
  const known = readIdentity(settings.stateDir);
  if (known !== null) return known;
  const token = joinToken(settings);
  // Only needed once in the life of an agent, so its libraries are not loaded before.
  const { join: joinFleet } = await import("./join.js");
  const identity = await joinFleet(controller, token, settings.name);
  writeIdentity(settings.stateDir, identity);
  return identity;
}
