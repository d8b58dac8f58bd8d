// Which controller fvctl talks to and with which token: flags, environment, or what `login` saved (mode 0600).
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

type Env = Readonly<Record<string, string | undefined>>;

/** One controller that `login` was used on. */
export interface SavedLogin {
  readonly token: string;
  /** Lets `logout` revoke the token; null when it was not learnt. */
  readonly tokenId: string | null;
  readonly user: string;
  readonly savedAtMs: number;
  /** Agreed at login that the token may travel over plain http to another host. */
  readonly plainHttp: boolean;
}

/** The whole file: every login by its address, and the one used when none is named. */
export interface Credentials {
  readonly current: string | null;
  readonly controllers: Readonly<Record<string, SavedLogin>>;
}

/** An address and a token to use with it. */
export interface ControllerAccess {
  readonly url: string;
  readonly token: string;
  readonly plainHttp: boolean;
}

export const NO_CREDENTIALS: Credentials = { current: null, controllers: {} };

export function credentialsFile(env: Env): string {
  const config = env.XDG_CONFIG_HOME;
  const base = config === undefined || config === "" ? join(env.HOME ?? homedir(), ".config") : config;
  return join(base, "fleetvisor/credentials.json");
}

/** What can stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/;

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** One login of the file. Throws for what has no address or no token. */
function parseLogin(url: string, value: unknown): readonly [string, SavedLogin] {
  if (!/^https?:$/.test(new URL(url).protocol) || new URL(url).origin !== url) throw new Error(`${url} is no address`);
  if (!isObject(value) || typeof value.token !== "string" || !TOKEN.test(value.token)) throw new Error("no token");
  const { token, tokenId, user, savedAtMs, plainHttp } = value;
  const login = {
    token,
    tokenId: typeof tokenId === "string" ? tokenId : null,
    user: typeof user === "string" ? user : "",
    savedAtMs: typeof savedAtMs === "number" ? savedAtMs : 0,
    plainHttp: plainHttp === true,
  };
  return [url, login];
}

/** Reads the text of the file. Throws FleetError when it is not what `login` writes. */
function parseCredentials(text: string, file: string): Credentials {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || !isObject(value.controllers)) throw new Error("no controllers");
    const controllers = Object.fromEntries(
      Object.entries(value.controllers).map(([url, each]) => parseLogin(url, each)),
    );
    const { current } = value;
    const isKnown = typeof current === "string" && Object.hasOwn(controllers, current);
    return { current: isKnown ? current : null, controllers };
  } catch (cause) {
    throw new FleetError("invalid-argument", `${file} is damaged: remove it and run \`fvctl login URL\` again`, {
      cause,
    });
  }
}

/** What was saved, or nothing. Throws FleetError for a damaged file. */
export function loadCredentials(env: Env): Credentials {
  const file = credentialsFile(env);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return NO_CREDENTIALS;
  }
  return parseCredentials(text, file);
}

/** Whether others than its owner can read the saved tokens. */
export function isReadableByOthers(env: Env): boolean {
  try {
    return (statSync(credentialsFile(env)).mode & 0o077) !== 0;
  } catch {
    return false;
  }
}

/** Writes the file whole or not at all, readable by its owner alone; without any login the file goes. */
export function saveCredentials(env: Env, credentials: Credentials): void {
  const file = credentialsFile(env);
  try {
    if (Object.keys(credentials.controllers).length === 0) {
      rmSync(file, { force: true });
      return;
    }
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const next = `${file}.${process.pid}`;
    writeFileSync(next, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    renameSync(next, file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FleetError("internal", `cannot write ${file}: ${reason}`, { cause });
  }
}

/** Whether a controller is known without any flag. */
export function hasController(env: Env): boolean {
  if (env.FLEETVISOR_CONTROLLER !== undefined && env.FLEETVISOR_CONTROLLER !== "") return true;
  try {
    return loadCredentials(env).current !== null;
  } catch {
    return true; // a damaged file is fleet mode's to complain about
  }
}

/** `http://host:9700` of whatever part of it was typed: no path, no slash at the end. Throws FleetError. */
export function normalizeUrl(text: string): string {
  const full = text.includes("://") ? text : `http://${text}`;
  let url: URL;
  try {
    url = new URL(full);
  } catch {
    throw new FleetError("invalid-argument", `${text} is no address: give one like http://controller:9700`);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new FleetError("invalid-argument", `${text}: only http:// and https:// are known`);
  }
  return url.origin;
}

/** Chosen by flag over environment over login. Throws FleetError `unauthenticated` when something is missing. */
export function chooseAccess(
  flags: { readonly controller?: string; readonly token?: string; readonly plainHttp?: boolean },
  env: Env,
): ControllerAccess {
  const saved = loadCredentials(env);
  const named = flags.controller ?? (env.FLEETVISOR_CONTROLLER || undefined);
  const url = named === undefined ? saved.current : normalizeUrl(named);
  if (url === null) throw new FleetError("unauthenticated", "no controller is known: run `fvctl login URL` first");
  const login = saved.controllers[url];
  const token = flags.token ?? (env.FLEETVISOR_TOKEN || undefined) ?? login?.token;
  if (token === undefined) {
    throw new FleetError("unauthenticated", `no token for ${url}: run \`fvctl login ${url}\` or give --token`);
  }
  if (!TOKEN.test(token)) {
    throw new FleetError(
      "invalid-argument",
      `the token for ${url} is no token: it holds a blank or another odd character`,
    );
  }
  const plainHttp = flags.plainHttp ?? (env.FLEETVISOR_PLAIN_HTTP === "1" || (login?.plainHttp ?? false));
  return { url, token, plainHttp };
}
