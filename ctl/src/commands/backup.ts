// `fvctl backup`: the controller's database as of now, into a file.
import { createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { HttpAnswer } from "../fleet/http.js";
import type { World } from "../fleet/world.js";
import { formatBytes } from "../render/words.js";

export const addBackup: AddCommand = (program, run) => {
  program
    .command("backup")
    .description("save the controller's database as of now: history, people, operations, audit (for admins)")
    .argument("<file>", "where to; it must not be there yet. - is stdout")
    .addHelpText(
      "after",
      `
The keys of the certificate authority are not in it: \`fvcontroller backup\` on the controller's host saves those too.
${examples(
  ["fvctl backup fleet.db", "written whole or not at all, readable by its owner alone"],
  ["fvctl backup - | gzip > fleet.db.gz", "elsewhere"],
)}`,
    )
    .action((file: string, _options: unknown, command) => run(command, (world) => backup(world, file)));
};

async function backup(world: World, file: string): Promise<Exit> {
  world.output("table");
  if (file === "-" && world.io.stdoutIsTerminal) {
    throw new FleetError("invalid-argument", "a database is nothing for a terminal: name a file");
  }
  if (file !== "-") await requireFree(file);
  const client = await world.client();
  return world.io.untilInterrupted(async (signal) => {
    const response = await client.raw("GET", API_PATHS.backup, { signal }).catch((thrown: unknown) => {
      if (signal.aborted) return null;
      throw thrown;
    });
    if (response === null) return "interrupted";
    const saved = await save(world, response, file, signal);
    if (saved === null) return "interrupted";
    await world.note(`${formatBytes(saved)} saved${file === "-" ? "" : ` in ${file}`}`);
    return "ok";
  });
}

async function requireFree(file: string): Promise<void> {
  const isThere = await stat(file).then(
    () => true,
    (error: unknown) => errnoOf(error) !== "ENOENT",
  );
  if (isThere) throw new FleetError("conflict", `${file} is there already, or cannot be looked at: name another file`);
}

/** How many bytes were saved; null when it was interrupted, and then nothing is left. */
async function save(world: World, response: HttpAnswer, file: string, signal: AbortSignal): Promise<number | null> {
  const expected = Number(response.header("content-length") || Number.NaN);
  let bytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const partial = `${file}.partial`;
  try {
    if (file === "-") {
      await pipeline(
        response.body,
        counting,
        async (chunks: AsyncIterable<Buffer>) => {
          for await (const chunk of chunks) await world.io.out(chunk);
        },
        { signal },
      );
    } else {
      await pipeline(response.body, counting, createWriteStream(partial, { flags: "wx", mode: 0o600, flush: true }), {
        signal,
      });
    }
    if (!Number.isNaN(expected) && bytes !== expected) throw new Error(`${bytes} of ${expected} bytes came`);
    if (file !== "-") await rename(partial, file);
    return bytes;
  } catch (thrown) {
    if (file !== "-" && errnoOf(thrown) !== "EEXIST") await rm(partial, { force: true });
    if (signal.aborted) return null;
    throw new FleetError("unavailable", `the backup was not saved: ${FleetError.from(thrown).message}`, {
      cause: thrown,
    });
  }
}
