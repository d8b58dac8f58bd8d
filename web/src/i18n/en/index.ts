// English: the language that the others are held to. One file for each area of the page.
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

export const en = {
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
};
