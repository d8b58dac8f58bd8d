// The command line of fleet mode: every verb, the options common to all, help that teaches; how a run ends.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Command, CommanderError } from "commander";
import { addAudit } from "../commands/audit.js";
import { addBackup } from "../commands/backup.js";
import { addCompletion } from "../commands/completion.js";
import { addConfig } from "../commands/config.js";
import { addEvents } from "../commands/events.js";
import { addExplain } from "../commands/explain.js";
import { addGrants } from "../commands/grants.js";
import { addGrep } from "../commands/grep.js";
import { addHistory } from "../commands/history.js";
import { addInstances } from "../commands/instances.js";
import { addJoinToken } from "../commands/join-token.js";
import { addLogin } from "../commands/login.js";
import { addLogs } from "../commands/logs.js";
import { addMaintail } from "../commands/maintail.js";
import { addOpen } from "../commands/open.js";
import { addOperations } from "../commands/operate.js";
import { addOperationList } from "../commands/operations.js";
import { addPid } from "../commands/pid.js";
import { addShell } from "../commands/shell.js";
import { addStatus } from "../commands/status.js";
import { addTail } from "../commands/tail.js";
import { addTokens } from "../commands/tokens.js";
import { addTop } from "../commands/top.js";
import { addUsers } from "../commands/users.js";
import { addVersion } from "../commands/version.js";
import { EXITS, type Exit } from "../exit.js";
import type { Io } from "../io.js";
import { VERSION } from "../version.js";
import type { Run } from "./command.js";
import { HELP_TOPICS, ROOT_HELP } from "./help.js";
import { spellOutBytes } from "./tail-words.js";
import { type GlobalOptions, World } from "./world.js";

/** In the order of the help. */
const COMMANDS = [
  addLogin,
  addStatus,
  addTop,
  addOperations,
  addOperationList,
  addTail,
  addLogs,
  addGrep,
  addEvents,
  addHistory,
  addInstances,
  addPid,
  addConfig,
  addMaintail,
  addOpen,
  addJoinToken,
  addUsers,
  addGrants,
  addTokens,
  addAudit,
  addExplain,
  addBackup,
  addVersion,
  addShell,
  addCompletion,
];

/** Runs one fleet command. Answers the exit status; throws FleetError for what ends with one line on stderr. */
export async function runFleet(io: Io, args: readonly string[]): Promise<number> {
  let exit: Exit = "ok";
  let said = "";
  const run: Run = async (command, action) => {
    exit = await action(new World(io, command.optsWithGlobals<GlobalOptions>()));
  };
  const say = (text: string) => {
    said += text;
  };
  const program = buildProgram(io, run, say);
  try {
    const topic = topicOf(args);
    if (topic !== null) say(`${topic}\n`);
    else if (args.length === 0) program.outputHelp();
    else await program.parseAsync(spellOutBytes(args), { from: "user" });
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    if (thrown.exitCode !== 0) {
      throw new FleetError("invalid-argument", await usageMessage(thrown, program), { cause: thrown });
    }
  }
  const columns = io.columns();
  if (said !== "" && columns !== null) {
    const { fitHelp } = await import("../render/help-text.js");
    said = fitHelp(said, columns);
  }
  await io.out(said);
  return EXITS[exit].status;
}

/** The text of `help TOPIC`. */
function topicOf([first, topic]: readonly string[]): string | null {
  if (first !== "help" || topic === undefined || !Object.hasOwn(HELP_TOPICS, topic)) return null;
  return HELP_TOPICS[topic as keyof typeof HELP_TOPICS];
}

/** The command line with `run` for what its actions do and `say` for what its help says. */
export function buildProgram(io: Io, run: Run, say: (text: string) => void): Command {
  const width = io.columns() ?? 100;
  const program = new Command("fvctl")
    .usage("[options] COMMAND ...")
    .description("Sees and controls every process of the fleet; with -c or -s one host's, as supervisorctl does.")
    .version(VERSION, "--version", "print the version")
    .option("--controller <url>", "which controller, if not the one of `fvctl login`")
    .option("--token <token>", "API token to use with it; others on this host can see it: prefer the environment")
    .option("--plain-http", "agree that the token goes unencrypted to another host")
    .option("-o, --output <format>", "table, wide, json, ndjson (a JSON document a line) or name", "table")
    .helpOption("-h, --help", "this, or with a command all about it")
    .helpCommand("help [command]", "the same")
    .exitOverride()
    .configureOutput({ writeOut: say, writeErr: () => undefined, getOutHelpWidth: () => width })
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20 })
    .addHelpText("after", ROOT_HELP);
  for (const add of COMMANDS) add(program, run);
  return program;
}

/** `unknown option '-x'; see fvctl --help`; where supervisorctl has the command, how to have it. */
async function usageMessage(error: CommanderError, program: Command): Promise<string> {
  const [first = "", second = ""] = program.args;
  const verb = first === "help" ? second : first;
  if (program.commands.some((command) => command.name() === verb)) {
    const misplaced = /^error: unknown option '(-[csup]|--(?:configuration|serverurl|username|password))\b/.exec(
      error.message,
    );
    if (misplaced !== null)
      return `${misplaced[1]} is for one host and stands before the command: fvctl -c FILE ${verb}`;
    return `${plain(error)}; see fvctl ${verb} --help`;
  }
  const { COMMANDS } = await import("../direct/commands/all.js");
  if (COMMANDS.has(verb))
    return `${verb} is for one host at a time: fvctl -c FILE ${verb}, or -s URL; see fvctl --help`;
  return `${first === "help" ? `unknown command '${verb}'` : plain(error)}; see fvctl --help`;
}

function plain(error: CommanderError): string {
  return error.message
    .replace(/^error: /, "")
    .replace(/\n+/g, " ")
    .replace(/\.$/, "");
}
