// What the rest of the agent needs of configuration: the command line, loading, the check.
export { type CheckOutput, checkConfig, formatNotice } from "./check.js";
export { type Command, helpText, parseCommandLine, type RunCommand, usageError } from "./command-line.js";
export { hostWorld } from "./host-world.js";
export { formatJson } from "./json.js";
export { type LoadRequest, loadConfig } from "./load.js";
export { type Located, locateConfig, searchWarning } from "./locate.js";
export { permissionWarnings } from "./permissions.js";
export type * from "./resolved.js";
export type { Overrides } from "./supervisord-section.js";
export type { World } from "./world.js";
