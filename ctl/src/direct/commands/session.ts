// `help`, `open`, `quit`, `exit`: about the session itself (supervisor-compat.md 7.5, 7.10).
import { type Command, type Commands, LEAVE } from "../ctl.js";
import { CTL_EXIT } from "../exit.js";
import { showStatus } from "./status.js";

/** Names in columns, read downwards, at most `width` wide. */
function inColumns(names: readonly string[], width: number): string[] {
  for (let rows = 1; ; rows += 1) {
    const columns = Array.from({ length: Math.ceil(names.length / rows) }, (_, at) =>
      names.slice(at * rows, (at + 1) * rows),
    );
    const widths = columns.map((column) => Math.max(...column.map((name) => name.length)));
    const total = widths.reduce((sum, each) => sum + each + 2, -2);
    if (total > width && rows < names.length) continue;
    return Array.from({ length: rows }, (_, row) =>
      columns
        .map((column, at) => (column[row] ?? "").padEnd(widths[at] ?? 0))
        .join("  ")
        .trimEnd(),
    );
  }
}

function overview(commands: Commands): string[] {
  const names = [...commands].filter(([, { help }]) => help.length > 0).map(([name]) => name);
  const title = "commands (help <command> says more):";
  return ["", title, "=".repeat(title.length), ...inColumns(names.sort(), 79), ""];
}

const help: Command = {
  completes: "commands",
  help: ["help\t\tEvery command", "help <command>\tWhat it does"],
  async run(ctl, argument) {
    const lines = argument === "" ? overview(ctl.commands) : (ctl.commands.get(argument)?.help ?? []);
    await ctl.out(lines.length === 0 ? `*** No help on ${argument}` : lines.join("\n"));
  },
};

const open: Command = {
  help: ["open <url>\tTalk to another server: http://host:port or unix:///path/to/socket"],
  async run(ctl, argument) {
    if (!/^(http|unix):/i.test(argument)) {
      await ctl.out("ERROR: url must be http:// or unix://");
      ctl.exitStatus = CTL_EXIT.general;
      return;
    }
    ctl.use({ ...ctl.server, url: argument });
    const before = ctl.exitStatus;
    await showStatus(ctl, "");
    ctl.exitStatus = before;
  },
};

/** Ends the shell after an empty line. */
function leaving(lines: readonly string[]): Command {
  return {
    help: lines,
    async run(ctl) {
      await ctl.out("");
      return LEAVE;
    },
  };
}

export const SESSION_COMMANDS = {
  help,
  open,
  quit: leaving(["quit\tLeave the shell"]),
  exit: leaving(["exit\tLeave the shell"]),
  EOF: leaving([]),
} as const;
