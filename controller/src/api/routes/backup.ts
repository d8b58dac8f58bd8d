// The database as of now, as a download for who administers the fleet. The authority's keys are not in it: `fvcontroller backup` on
// the controller's own host copies those too.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { administers } from "../../access/actor.js";
import type { StoreCopy } from "../../store/store.js";
import { type ApiWorld, audit, type TypedApi } from "../context.js";

/** Downloads begun, an address: each reads the whole database. */
const BACKUPS = { max: 6, timeWindow: 600_000 };
/** A reader that takes nothing for so long is cut off: its copy takes room on the disk. */
const UNREAD_MS = 60_000;

export function backupRoutes(api: TypedApi, { store, own, streams }: ApiWorld): void {
  let underWay = false;

  api.get(
    v1.API_PATHS.backup,
    {
      config: { permission: "administer", rateLimit: BACKUPS },
      schema: {
        tags: ["audit"],
        summary: "The database as of now, an SQLite file",
        description:
          "One at a time. The keys of the certificate authority are not in it: `fvcontroller backup` copies those as well.",
        produces: ["application/vnd.sqlite3"],
      },
    },
    async (request, reply) => {
      if (underWay) throw new FleetError("conflict", "another backup is being made: try again when it is done");
      underWay = true;
      // It lasts as long as the right to have it, like any stream.
      const kept = { end: () => reply.raw.destroy(), stillHere: () => {} };
      let forget = () => {};
      const over = () => {
        underWay = false;
        forget();
      };
      let copy: StoreCopy;
      try {
        forget = streams.keep(request, kept, administers);
        await audit(store, request, { action: "backup", subject: "database", outcome: "done" });
        copy = await store.copy();
      } catch (error) {
        over();
        throw error;
      }
      const { sizeBytes, content } = copy;
      content.once("close", over);
      // Who left while the copy was made would otherwise never end it.
      if (reply.raw.destroyed) content.destroy();
      reply.raw.once("close", () => content.destroy());
      reply.raw.once("finish", () => void own.noteDownload(sizeBytes));
      reply.raw.setTimeout(UNREAD_MS, () => reply.raw.destroy());
      const name = `fleetvisor-${new Date().toISOString().replaceAll(":", "-").slice(0, 19)}.db`;
      return reply
        .header("content-type", "application/vnd.sqlite3")
        .header("content-length", sizeBytes)
        .header("content-disposition", `attachment; filename="${name}"`)
        .header("connection", "close")
        .send(content);
    },
  );
}
