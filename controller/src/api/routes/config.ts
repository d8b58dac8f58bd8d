// The configuration of a process or of an instance as its agent read it last; what may be a secret never leaves the host.

import { ConfigReport } from "@fleetvisor/proto/api/logs";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { ConfigSection } from "../../instances/instance.js";
import { type ApiWorld, reachOf, type TypedApi } from "../context.js";
import { InstancePath, ProcessPath } from "./fleet.js";

export function configRoutes(api: TypedApi, world: ApiWorld): void {
  const config = { permission: "covered" } as const;
  const tags = ["fleet"];

  api.get(
    API_PATHS.processConfig,
    {
      config,
      schema: {
        tags,
        summary: "The configuration of a process, as last read",
        params: ProcessPath,
        response: { 200: ConfigReport },
      },
    },
    async (request) => {
      const { instance: asked, group, name } = request.params;
      const { instance } = reachOf(request, world).process(asked, group, name);
      return view(await world.agents.instance(instance.id).config({ group, name }));
    },
  );

  api.get(
    API_PATHS.instanceConfig,
    {
      config,
      schema: {
        tags,
        summary: "The configuration of a daemon, as last read: for who sees the whole instance",
        params: InstancePath,
        response: { 200: ConfigReport },
      },
    },
    async (request) => {
      const reach = reachOf(request, world);
      const { id, name } = reach.instance(request.params.instance);
      // It names every group of the host, those that a part of it must not tell of too.
      reach.require("read", [{ instance: name, group: null, name: null }]);
      return view(await world.agents.instance(id).config(null));
    },
  );
}

function view(sections: readonly ConfigSection[]): ConfigReport {
  return {
    sections: sections.map(({ title, options }) => ({ title, options: options.map((option) => ({ ...option })) })),
  };
}
