// `fvctl login`, `logout`: gets an API token from a controller and keeps it; gives it back.
import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { ApiTokenList, LoginRequest, Session } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Exit, exitOfKind } from "../exit.js";
import { parseLoginAddress, requirePrivate } from "../fleet/address.js";
import { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import { credentialsFile, loadCredentials, type SavedLogin, saveCredentials } from "../fleet/credentials.js";
import { readStdinLine } from "../fleet/new-password.js";
import type { World } from "../fleet/world.js";
import type { Io } from "../io.js";

interface Options {
  readonly code?: string;
  readonly user?: string;
  readonly passwordStdin?: boolean;
}

export const addLogin: AddCommand = (program, run) => {
  program
    .command("login")
    .description("log in to a controller and remember it for the commands that follow")
    .argument("<url>", "the controller's address, or the whole one-time link it printed")
    .option("--code <code>", "the code of a one-time link")
    .option("-u, --user <name>", "log in with a password, which is asked for")
    .option("--password-stdin", "read the password from stdin")
    .addHelpText(
      "after",
      examples(
        [
          "fvctl login 'http://localhost:9700/login#code=...'",
          "with the link a first start prints, or `fvcontroller login-link`",
        ],
        ["fvctl login https://fleet.example -u alice", "with a password"],
        ["pass fleet | fvctl login https://fleet.example -u ci --password-stdin", "without a terminal"],
      ),
    )
    .action((address: string, options: Options, command) => run(command, (world) => login(world, address, options)));
  program
    .command("logout")
    .description("give the saved token back and forget the controller")
    .argument("[url]", "which controller, if not the one logged in to last")
    .addHelpText(
      "after",
      examples(
        ["fvctl logout", "the token is good for nothing from then on"],
        ["fvctl logout https://fleet.example", "of one of several"],
      ),
    )
    .action((address: string | undefined, _options: unknown, command) =>
      run(command, (world) => logout(world, address)),
    );
};

async function login(world: World, address: string, options: Options): Promise<Exit> {
  const { io, globals } = world;
  const { url, code } = parseLoginAddress(address);
  const plainHttp = globals.plainHttp === true;
  requirePrivate(url, plainHttp);
  const secret = await secretOf(io, url, { ...options, ...(code === null ? {} : { code }) });
  // A name of its own finds the token's id again, which the answer does not tell.
  const tokenName = `fvctl on ${hostname()}, ${randomBytes(4).toString("hex")}`;
  const anonymous = new ApiClient({ url, token: null, plainHttp });
  const request: LoginRequest = { ...secret, tokenName };
  const { token, user, passwordSet } = await anonymous.post<Session>(API_PATHS.login, request);
  if (token === undefined) throw new FleetError("unavailable", `${url} accepted the login but gave no token`);
  const tokenId = await idOfToken(new ApiClient({ url, token, plainHttp }), tokenName);
  const { controllers } = loadCredentials(io.env);
  saveCredentials(io.env, {
    current: url,
    controllers: { ...controllers, [url]: { token, tokenId, user, savedAtMs: Date.now(), plainHttp } },
  });
  await io.out(`logged in to ${url} as ${user}; the token is in ${credentialsFile(io.env)}\n`);
  if (!passwordSet) {
    await world.note(
      `${user} has no password yet: choose one in the browser, by a link that 'fvcontroller login-link' prints, or here with \`fvctl users password ${user}\``,
    );
  }
  return "ok";
}

type Secret = Pick<LoginRequest, "code" | "username" | "password">;

/** From the options, else asked for on the terminal without showing it. */
async function secretOf(io: Io, url: string, { code, user, passwordStdin }: Options): Promise<Secret> {
  if (code !== undefined) return { code };
  if (passwordStdin === true) {
    if (user === undefined) throw new FleetError("invalid-argument", "--password-stdin needs -u USER");
    return { username: user, password: await readStdinLine() };
  }
  if (!io.stdinIsTerminal) {
    throw new FleetError("invalid-argument", "no terminal to ask on: give --code CODE, or -u USER --password-stdin");
  }
  const { processAsker } = await import("../terminal.js");
  const asker = processAsker(process.stderr);
  try {
    if (user === undefined) {
      const typed = (
        await asker.askSecret(`Code of the one-time link for ${url} (none: log in with a password): `)
      ).trim();
      if (typed !== "") return { code: typed };
    }
    const username = user ?? (await asker.ask("User: ")).trim();
    return { username, password: await asker.askSecret(`Password of ${username}: `) };
  } finally {
    asker.close();
  }
}

/** Null when tokens cannot be listed: logging in worked all the same. */
async function idOfToken(client: ApiClient, name: string): Promise<string | null> {
  try {
    const { items } = await client.get<ApiTokenList>(API_PATHS.tokens);
    return items.find((token) => token.name === name)?.id ?? null;
  } catch {
    return null;
  }
}

async function logout(world: World, address: string | undefined): Promise<Exit> {
  const { io } = world;
  const saved = loadCredentials(io.env);
  const named = address ?? world.globals.controller;
  const url = named === undefined ? saved.current : parseLoginAddress(named).url;
  const login = url === null ? undefined : saved.controllers[url];
  if (url === null || login === undefined) {
    throw new FleetError("not-found", url === null ? "not logged in anywhere" : `not logged in to ${url}`);
  }
  const failure = await revoke(url, login);
  // The token goes from here even when the controller is away: that is what was asked for.
  const { [url]: _, ...controllers } = saved.controllers;
  const current = saved.current === url ? (Object.keys(controllers)[0] ?? null) : saved.current;
  saveCredentials(io.env, { current, controllers });
  await io.out(`logged out of ${url}${current === null ? "" : `; the controller is now ${current}`}\n`);
  if (failure === null) return "ok";
  await world.note(`the token was forgotten here but not revoked, so it stays valid: ${failure.message}`);
  return exitOfKind(failure.kind);
}

/** What stood in the way; null when the token is good for nothing any more. */
async function revoke(url: string, { token, tokenId, plainHttp }: SavedLogin): Promise<FleetError | null> {
  if (tokenId === null) return new FleetError("conflict", "its id is not known; revoke it on the web page");
  try {
    await new ApiClient({ url, token, plainHttp }).delete(apiPath("token", { id: tokenId }));
    return null;
  } catch (thrown) {
    const error = FleetError.from(thrown);
    return error.kind === "unauthenticated" || error.kind === "not-found" ? null : error;
  }
}
