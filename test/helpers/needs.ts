// Whether what a test needs from the machine is there: a skip on a developer's machine, a failure in CI.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

function onPath(command: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * For the `skip` option of a test: false when every command is there, else the reason. In CI (`CI` set) it throws, since a
 * check that silently does not run is no check.
 */
export function without(...commands: string[]): string | false {
  const missing = commands.filter((command) => !onPath(command));
  if (missing.length === 0) return false;
  const reason = `${missing.join(", ")} not installed`;
  if (process.env.CI !== undefined && process.env.CI !== "" && process.env.CI !== "false") throw new Error(reason);
  return reason;
}
