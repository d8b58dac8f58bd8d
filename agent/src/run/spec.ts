// What the run layer needs to know of a configuration, in its own units; `config/` fills it in, once.
import type { ProcessRules } from "../core/process.js";
import type { RotationRules } from "./rotating-file.js";

/** Where one channel goes: nowhere, to a path, or to a file of the daemon's making (AUTO). */
export interface ChannelSpec {
  readonly logfile: string | "AUTO" | null;
  readonly rotation: RotationRules;
}

export interface ProcessSpec {
  readonly name: string;
  readonly priority: number;
  readonly rules: ProcessRules;
  readonly autostart: boolean;
  readonly command: string;
  readonly directory: string | null;
  readonly umask: number | null;
  readonly account: { readonly uid: number; readonly gid: number } | null;
  /** What the child's environment has beyond the daemon's own, without the SUPERVISOR_ names. */
  readonly environment: Readonly<Record<string, string>>;
  /** SUPERVISOR_SERVER_URL of the child; null for none. */
  readonly serverUrl: string | null;
  readonly redirectStderr: boolean;
  readonly stdout: ChannelSpec;
  readonly stderr: ChannelSpec;
}

export interface GroupSpec {
  readonly name: string;
  readonly priority: number;
  /** In build order: boot starts them so. */
  readonly processes: readonly ProcessSpec[];
}
