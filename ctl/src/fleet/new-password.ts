// A password from where nobody else can read it: stdin, or asked for on the terminal without showing it.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Io } from "../io.js";

/** The controller's bound. */
const LEAST_CHARS = 8;

/** The first line of stdin, without its end. */
export async function readStdinLine(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString("utf8")
    .replace(/\r?\n[\s\S]*$/, "");
}

/** A password to be set. On a terminal it is asked for twice. Throws `invalid-argument` where nobody can be asked, or on two that differ. */
export async function newPassword(io: Io, fromStdin: boolean, user: string): Promise<string> {
  if (fromStdin) return longEnough(await readStdinLine());
  if (!io.stdinIsTerminal) {
    throw new FleetError("invalid-argument", "no terminal to ask on: give the password with --password-stdin");
  }
  const { processAsker } = await import("../terminal.js");
  const asker = processAsker(process.stderr);
  try {
    const first = longEnough(await asker.askSecret(`New password of ${user}: `));
    if ((await asker.askSecret("Once more: ")) === first) return first;
  } finally {
    asker.close();
  }
  throw new FleetError("invalid-argument", "the two are not the same; nothing was changed");
}

function longEnough(password: string): string {
  if (password.length >= LEAST_CHARS) return password;
  throw new FleetError("invalid-argument", `a password has at least ${LEAST_CHARS} characters; nothing was changed`);
}
