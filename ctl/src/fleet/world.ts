// What a fleet command works with: the streams, the options common to all, the controller it was told to use.
import type { Io } from "../io.js";
import { type Colors, chooseColors } from "../render/colors.js";
import { type Output, parseOutput } from "../render/output.js";
import { ApiClient } from "./client.js";
import { chooseAccess, credentialsFile, isReadableByOthers } from "./credentials.js";
import { type Listing, Printer } from "./printer.js";

/** Options before or after the verb. */
export interface GlobalOptions {
  readonly controller?: string;
  readonly token?: string;
  readonly plainHttp?: boolean;
  readonly output: string;
}

export class World {
  readonly io: Io;
  readonly globals: GlobalOptions;
  /** For stdout. */
  readonly colors: Colors;

  constructor(io: Io, globals: GlobalOptions) {
    this.io = io;
    this.globals = globals;
    this.colors = chooseColors(io.env, io.stdoutIsTerminal);
  }

  /** The controller, with a token. Throws FleetError when none is known or the token could be read on the way. */
  async client(): Promise<ApiClient> {
    const { io, globals } = this;
    const access = chooseAccess(globals, io.env);
    if (isReadableByOthers(io.env)) {
      const file = credentialsFile(io.env);
      await this.note(`others can read ${file}: chmod 600 it, and log in anew if it has been so for long`);
    }
    return new ApiClient(access);
  }

  /** Reads `-o`. Throws FleetError when the command cannot print that. */
  output(...allowed: readonly Output[]): Output {
    return parseOutput(this.globals.output, allowed);
  }

  /** A line for the person, beside the answer. */
  note(text: string): Promise<void> {
    return this.io.err(`fvctl: ${text}\n`);
  }

  /** Prints items as `output` says; without any item a table is nothing, not a heading. */
  async print<T>(output: Output, items: readonly T[], listing: Listing<T>): Promise<void> {
    const printer = this.printer(output, listing);
    await printer.items(items);
    await printer.end();
  }

  /** For items that come in parts. */
  printer<T>(output: Output, listing: Listing<T>): Printer<T> {
    return new Printer(this.io, listing, { output, isWide: this.globals.output === "wide", colors: this.colors });
  }
}
