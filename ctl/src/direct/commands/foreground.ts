// `fg`: a process's output on the screen and the keyboard on its standard input (supervisor-compat.md 7.8).
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { Interrupted } from "../../interrupted.js";
import { processAsker } from "../../terminal.js";
import { toProcessInfo } from "../answers.js";
import type { Command, Ctl } from "../ctl.js";
import { RpcFault } from "../errors.js";
import { CTL_EXIT } from "../exit.js";
import { streamLog } from "../follow.js";
import { pythonException, splitWords } from "../python.js";

async function fail(ctl: Ctl, message: string): Promise<undefined> {
  await ctl.out(message);
  ctl.exitStatus = CTL_EXIT.general;
}

/** Sends lines until the process or the input ends; answers what to say of it before leaving, or null. */
async function sendLines(ctl: Ctl, name: string, nextLine: () => Promise<string | null>): Promise<string | null> {
  for (;;) {
    const line = await nextLine();
    if (line === null) return null;
    try {
      await ctl.call("sendProcessStdin", name, `${line}\n`);
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      return error.code === FAULTS.NOT_RUNNING ? "Process got killed" : `ERROR: ${pythonException(error).value}`;
    }
    if (toProcessInfo(await ctl.call("getProcessInfo", name)).stateName !== "RUNNING") return "Process got killed";
  }
}

async function inForeground(ctl: Ctl, name: string, interrupted: AbortSignal): Promise<void> {
  const asker = ctl.asker ?? processAsker(process.stdout);
  const leaving = new AbortController();
  const signal = AbortSignal.any([leaving.signal, interrupted]);
  const streams = ["stdout", "stderr"].map((channel) =>
    streamLog(ctl.server, `/logtail/${name}/${channel}`, (bytes) => ctl.io.out(bytes), signal),
  );
  const ended = new Promise<null>((resolve) => signal.addEventListener("abort", () => resolve(null)));
  try {
    const why = await Promise.race([sendLines(ctl, name, () => asker.askLine("", signal)), ended]);
    if (why !== null) await ctl.out(why);
    await ctl.out("Exiting foreground");
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    await ctl.out("Exiting foreground");
  } finally {
    leaving.abort();
    await Promise.all(streams);
    if (asker !== ctl.asker) asker.close();
  }
}

const fg: Command = {
  completes: "processes",
  help: ["fg <name>\tSee a process's output and type its input, until Ctrl-C"],
  async run(ctl, argument) {
    if (!(await ctl.isUp())) return;
    const names = splitWords(argument);
    const [name] = names;
    if (name === undefined) return ctl.misused("fg", "ERROR: no process name supplied");
    if (names.length > 1) return fail(ctl, "ERROR: too many process names supplied");
    try {
      const info = toProcessInfo(await ctl.call("getProcessInfo", name));
      if (info.stateName !== "RUNNING") return fail(ctl, "ERROR: process not running");
    } catch (error) {
      if (!(error instanceof RpcFault)) throw error;
      if (error.code === FAULTS.BAD_NAME) return fail(ctl, "ERROR: bad process name supplied");
      await ctl.out(`ERROR: ${pythonException(error).value}`);
      return;
    }
    await ctl.out("==> Press Ctrl-C to exit <==");
    await ctl.io.untilInterrupted((signal) => inForeground(ctl, name, signal));
  },
};

export const FOREGROUND_COMMANDS = { fg } as const;
