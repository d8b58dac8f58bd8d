// Every command of direct mode by its word; help and completion are derived from this.
import type { Command, Commands } from "../ctl.js";
import { CHANGE_COMMANDS } from "./change.js";
import { CONFIG_COMMANDS } from "./config.js";
import { DAEMON_COMMANDS } from "./daemon.js";
import { FOREGROUND_COMMANDS } from "./foreground.js";
import { LOG_COMMANDS } from "./logs.js";
import { SESSION_COMMANDS } from "./session.js";
import { STATUS_COMMANDS } from "./status.js";

export const COMMANDS: Commands = new Map<string, Command>(
  Object.entries({
    ...STATUS_COMMANDS,
    ...CHANGE_COMMANDS,
    ...LOG_COMMANDS,
    ...CONFIG_COMMANDS,
    ...DAEMON_COMMANDS,
    ...FOREGROUND_COMMANDS,
    ...SESSION_COMMANDS,
  }),
);
