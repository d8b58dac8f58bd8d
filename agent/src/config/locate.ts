// Where the configuration file is looked for when the command line does not name it
// (supervisor 4.2.5 options.py, Options.default_configfile).
import { joinPath, parentOf } from "./paths.js";
import type { World } from "./world.js";

export type Located = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly error: string };

/** `program` is the path that we were started by: the directory above its own is looked at first. */
export function locateConfig(program: string, world: World): Located {
  const above = parentOf(parentOf(program));
  const near = (name: string) => (above === "" ? name : joinPath(above, name));
  const paths = [
    near("etc/supervisord.conf"),
    near("supervisord.conf"),
    "supervisord.conf",
    "etc/supervisord.conf",
    "/etc/supervisord.conf",
    "/etc/supervisor/supervisord.conf",
  ];
  const path = paths.find((each) => world.exists(each));
  if (path !== undefined) return { ok: true, path };
  return {
    ok: false,
    error: `No config file found at default paths (${paths.join(", ")}); use the -c option to specify a config file at a different path`,
  };
}

/** What to warn root of before such a search, since the current directory is part of it; null for anybody else. */
export function searchWarning(world: World): string | null {
  if (world.uid !== 0) return null;
  return "running as root and looking for the configuration file in default places, the current directory among them; -c with an absolute path is safer";
}
