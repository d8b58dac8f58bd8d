// One supervisorctl session: runs command lines against a server, keeps the exit status, says failures as supervisorctl does.

import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { Interrupted } from "../interrupted.js";
import type { Io } from "../io.js";
import type { Asker } from "../terminal.js";
import { HttpStatusError, PythonException, RpcFault } from "./errors.js";
import { CTL_EXIT, exitOfFault } from "./exit.js";
import { pythonException } from "./python.js";
import { RpcClient, type Server } from "./rpc.js";

const API_VERSION = "3.0";

export const LEAVE = "leave";

/** A command by its word. `run` answers LEAVE to leave the shell, anything else to stay; what it throws becomes the generic failure line. */
export interface Command {
  /** Lines of `help WORD`: a form, a tab, what it does. */
  readonly help: readonly string[];
  /** What the shell completes its arguments with. */
  readonly completes?: "processes" | "groups" | "commands";
  run(ctl: Ctl, argument: string): Promise<unknown>;
}

export type Commands = ReadonlyMap<string, Command>;

export class Ctl {
  readonly io: Io;
  readonly commands: Commands;
  /** Set when confirmations and passwords may be asked for. */
  readonly asker: Asker | null;
  server: Server;
  /** Sections of the config whose commands supervisorctl would have too. */
  readonly plugins: readonly string[];
  /** Whether any call was answered. */
  wasAnswered = false;
  exitStatus: number = CTL_EXIT.ok;
  #client: RpcClient | null = null;
  #isAbandoned = false;

  constructor(
    io: Io,
    commands: Commands,
    { server, plugins }: { readonly server: Server; readonly plugins: readonly string[] },
    asker: Asker | null,
  ) {
    this.io = io;
    this.commands = commands;
    this.server = server;
    this.plugins = plugins;
    this.asker = asker;
  }

  /** Writes one line to stdout, where supervisorctl writes its errors too. */
  async out(line: string): Promise<void> {
    if (!this.#isAbandoned) await this.io.out(`${line}\n`);
  }

  /** Leaves the running command where it is: its call is cut and nothing more is said. */
  abandon(): void {
    this.#isAbandoned = true;
    this.disconnect();
  }

  /** Calls `supervisor.METHOD`; all calls of a command line share a connection. */
  async call(method: string, ...params: readonly XmlRpcValue[]): Promise<XmlRpcValue> {
    this.#client ??= new RpcClient(this.server);
    const value = await this.#client.call(method, ...params);
    this.wasAnswered = true;
    return value;
  }

  /** Connects to another server, or as another user, from the next call on. */
  use(server: Server): void {
    this.disconnect();
    this.server = server;
  }

  disconnect(): void {
    this.#client?.close();
    this.#client = null;
  }

  /** Asks a person, who must be there. An end of input is the failure that supervisorctl has of it. */
  async question(text: string): Promise<string> {
    const line = await this.asker?.askLine(text);
    if (typeof line === "string") return line;
    throw new PythonException("EOFError", this.io.stdinIsTerminal ? "" : "EOF when reading a line");
  }

  /** Lets a result change the exit status; `harmless` is the fault that does not. */
  note(faultCode: number, harmless: number | null = null): void {
    this.exitStatus = exitOfFault(faultCode, harmless) ?? this.exitStatus;
  }

  /** Says that the command was used wrongly, with its help. */
  async misused(word: string, message: string, status: number = CTL_EXIT.general): Promise<undefined> {
    await this.out(message);
    this.exitStatus = status;
    for (const line of this.commands.get(word)?.help ?? []) await this.out(line);
  }

  /** Whether a server that speaks our API answers (7.3). When not, says why and sets the exit status. */
  async isUp(): Promise<boolean> {
    try {
      const version = await this.call("getVersion");
      if (version === API_VERSION) return true;
      await this.out(
        `Sorry, this version of supervisorctl expects to talk to a server with API version ${API_VERSION}, but the remote version is ${version}.`,
      );
      this.exitStatus = CTL_EXIT.otherApiVersion;
    } catch (error) {
      if (error instanceof RpcFault && error.code === FAULTS.UNKNOWN_METHOD) {
        await this.out(
          "Sorry, supervisord responded but did not recognize the supervisor namespace commands that supervisorctl uses to control it.  Please check that the [rpcinterface:supervisor] section is enabled in the configuration file (see sample.conf).",
        );
        this.exitStatus = CTL_EXIT.noNamespace;
      } else if (errnoOf(error) === "ECONNREFUSED") {
        await this.out(`${this.server.url} refused connection`);
        this.exitStatus = CTL_EXIT.refused;
      } else if (errnoOf(error) === "ENOENT") {
        await this.out(`${this.server.url} no such file`);
        this.exitStatus = CTL_EXIT.notRunning;
      } else {
        this.exitStatus = CTL_EXIT.general;
        throw error;
      }
    }
    return false;
  }

  /** Runs one command line. Rejects with Interrupted alone; answers true when the shell should end. */
  async runLine(line: string): Promise<boolean> {
    const text = line.trim();
    if (text === "") return false;
    const spelled = text.startsWith("?") ? `help ${text.slice(1)}` : text;
    const [word = ""] = /^\w*/.exec(spelled) ?? [];
    const command = this.commands.get(word);
    if (command === undefined) {
      await this.out(`*** Unknown syntax: ${text}`);
      for (const name of this.plugins)
        await this.io.err(`note: [${name}] is a plugin in Python, which fvctl leaves out\n`);
      this.exitStatus = CTL_EXIT.general;
      return false;
    }
    const argument = spelled.slice(word.length).trim();
    try {
      return await this.#runAuthenticated(command, argument, text);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const { pythonClass, value } = pythonException(error);
      // Python would name the source line; scripts that look for `error: <class ...` find the rest as it was.
      await this.out(`error: <class '${pythonClass}'>, ${value}: file: fvctl line: 0`);
      this.exitStatus = CTL_EXIT.general;
      return false;
    } finally {
      this.disconnect();
    }
  }

  async #runAuthenticated(command: Command, argument: string, line: string): Promise<boolean> {
    try {
      return (await command.run(this, argument)) === LEAVE;
    } catch (error) {
      if (!(error instanceof HttpStatusError) || error.status !== 401) throw error;
      await this.out("Server requires authentication");
      if (this.asker === null) {
        this.exitStatus = CTL_EXIT.general;
        return (await command.run(this, argument)) === LEAVE;
      }
      const username = await this.question("Username:");
      const password = await this.asker.askSecret("Password:");
      await this.out("");
      this.use({ ...this.server, username, password });
      return this.runLine(line);
    }
  }
}
