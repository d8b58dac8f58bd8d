// `Late, last heard 40s ago`: what stands beside figures of an instance that is not heard of.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { Trans } from "react-i18next";
import { Ago } from "../lib/clock.js";
import { LIVENESS_LOOKS } from "../model/states.js";

export function StaleSince({ instance }: { readonly instance: Pick<Instance, "liveness" | "lastHeardAtMs"> }) {
  return (
    <Trans
      ns="home"
      i18nKey="instances.stale"
      values={{ liveness: LIVENESS_LOOKS[instance.liveness].word }}
      components={{ ago: <Ago atMs={instance.lastHeardAtMs} /> }}
    />
  );
}
