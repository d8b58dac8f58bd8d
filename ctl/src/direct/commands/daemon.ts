// `shutdown`, `reload`: end or restart the server itself (supervisor-compat.md 7.5).
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import type { Command, Ctl } from "../ctl.js";
import { RpcFault } from "../errors.js";
import { CTL_EXIT } from "../exit.js";

/** A person must agree; a script has. */
async function isAgreed(ctl: Ctl, question: string): Promise<boolean> {
  return ctl.asker === null || /^y/i.test(await ctl.question(question));
}

const shutdown: Command = {
  help: ["shutdown\t\tStop every process and end the server"],
  async run(ctl, argument) {
    if (argument !== "") return ctl.misused("shutdown", "Error: shutdown accepts no arguments");
    if (!(await isAgreed(ctl, "Really shut the remote supervisord process down y/N? "))) return;
    try {
      await ctl.call("shutdown");
      await ctl.out("Shut down");
    } catch (error) {
      // Already on its way is what was asked for, so the exit status stays.
      if (error instanceof RpcFault && error.code === FAULTS.SHUTDOWN_STATE) {
        await ctl.out("ERROR: already shutting down");
        return;
      }
      ctl.exitStatus = CTL_EXIT.general;
      const { url } = ctl.server;
      if (errnoOf(error) === "ECONNREFUSED") await ctl.out(`ERROR: ${url} refused connection (already shut down?)`);
      else if (errnoOf(error) === "ENOENT") await ctl.out(`ERROR: ${url} no such file (already shut down?)`);
      else throw error;
    }
  },
};

const reload: Command = {
  help: ["reload\t\t\tStop every process and start the server anew with its config read again"],
  async run(ctl, argument) {
    if (argument !== "") return ctl.misused("reload", "Error: reload accepts no arguments");
    if (!(await isAgreed(ctl, "Really restart the remote supervisord process y/N? "))) return;
    try {
      await ctl.call("restart");
      await ctl.out("Restarted supervisord");
    } catch (error) {
      ctl.exitStatus = CTL_EXIT.general;
      if (!(error instanceof RpcFault) || error.code !== FAULTS.SHUTDOWN_STATE) throw error;
      await ctl.out("ERROR: already shutting down");
    }
  },
};

export const DAEMON_COMMANDS = { shutdown, reload } as const;
