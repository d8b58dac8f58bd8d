// Parts of a log before its end, read on its host page by page, rotated files included.

import { LogPage, LogPageQuery } from "@fleetvisor/proto/api/logs";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type ApiWorld, reachOf, type TypedApi } from "../context.js";
import { formatPosition, parsePosition } from "../log-position.js";
import { LogPath, requireLog } from "./logs.js";

const DEFAULT_BYTES = 65_536;

export function logPageRoutes(api: TypedApi, world: ApiWorld): void {
  api.get(
    API_PATHS.logPage,
    {
      config: { permission: "covered" },
      schema: {
        tags: ["logs"],
        summary: "A part of a log, rotated files included",
        description:
          "A place in a log stays what it is when its file is rotated. One whose bytes are gone is not found, and so are lines that are not there.",
        params: LogPath,
        querystring: LogPageQuery,
        response: { 200: LogPage },
      },
    },
    async (request) => {
      const { before, after, containing = "", bytes = DEFAULT_BYTES } = request.query;
      if (before !== undefined && after !== undefined) {
        throw new FleetError("invalid-argument", "a page is before a place or after it: give one of both");
      }
      const { group, name, channel } = request.params;
      const { id } = requireLog(reachOf(request, world), world, request.params);
      const page = await world.agents.instance(id).readLog({
        ...{ group, name, channel, bytes },
        before: before === undefined ? null : parsePosition(before),
        after: after === undefined ? null : parsePosition(after),
        containing: Buffer.from(containing),
      });
      const { data, start, end, backup, isOldest, isNewest, found } = page;
      return {
        text: new TextDecoder().decode(data),
        bytes: data.length,
        start: formatPosition(start),
        end: formatPosition(end),
        ...{ backup, isOldest, isNewest },
        found: found === null ? null : formatPosition(found),
      };
    },
  );
}
