// Russian: the same keys as English, with the four plural forms of the language.
import type { en } from "../en/index.js";
import { access } from "./access.js";
import { alarms } from "./alarms.js";
import { common } from "./common.js";
import { controller } from "./controller.js";
import { events } from "./events.js";
import { home } from "./home.js";
import { instances } from "./instances.js";
import { keyboard } from "./keyboard.js";
import { logs } from "./logs.js";
import { operations } from "./operations.js";
import { process } from "./process.js";
import { processes } from "./processes.js";
import { shell } from "./shell.js";
import { states } from "./states.js";
import { words } from "./words.js";

export const ru = {
  access,
  alarms,
  common,
  controller,
  events,
  home,
  instances,
  keyboard,
  logs,
  operations,
  process,
  processes,
  shell,
  states,
  words,
} as unknown as typeof en;
