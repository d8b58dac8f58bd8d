// The controller's own state, for who may read the whole fleet.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { VERSION } from "../../version.js";
import { type ApiWorld, actorOf, reachOf, type TypedApi } from "../context.js";

export function controllerRoutes(api: TypedApi, world: ApiWorld): void {
  const { store, own } = world;

  api.get(
    v1.API_PATHS.controller,
    {
      config: { permission: "covered" },
      schema: {
        tags: ["controller"],
        summary: "What the controller keeps, for how long, and when that was last copied",
        response: { 200: v1.ControllerState },
      },
    },
    async (request) => {
      if (!reachOf(request, world).everywhere("read")) {
        throw new FleetError("forbidden", `${actorOf(request).user} may not read the whole fleet, which this is about`);
      }
      const { startedAtMs, contents, backup } = await own.state();
      return {
        version: VERSION,
        atMs: Date.now(),
        startedAtMs,
        trouble: store.trouble,
        waitingRows: store.load.waitingRows,
        store: contents === null ? null : { ...contents, kinds: [...contents.kinds] },
        backup,
      };
    },
  );
}
