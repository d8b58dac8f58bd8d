// What is told of an operation beside its targets.
import type { Operation } from "@fleetvisor/proto/api/v1";
import { Link } from "react-router";
import type { Fact } from "../../components/facts.js";
import { Ago, Since, Until } from "../../lib/clock.js";
import { formatUptime } from "../../lib/format.js";
import { links } from "../../model/links.js";
import { operationLook, planWords } from "../../model/operations.js";

export function operationFacts(operation: Operation): readonly Fact[] {
  const { createdAtMs, finishedAtMs, user, selector, plan, batches = 1, resumesAtMs = null, state, id } = operation;
  return [
    { name: "Asked for by", value: user },
    { name: "When", value: <Ago atMs={createdAtMs} /> },
    finishedAtMs === null
      ? { name: "Goes on for", value: <Since atMs={createdAtMs} /> }
      : { name: "Took", value: formatUptime(finishedAtMs - createdAtMs) },
    ...(resumesAtMs === null || finishedAtMs !== null
      ? []
      : [{ name: "Next batch", value: <Until atMs={resumesAtMs} /> }]),
    { name: "State", value: operationLook(state).meaning, wide: true },
    ...(plan == null ? [] : [{ name: "Plan", value: planWords(plan, batches).join("; "), wide: true }]),
    {
      name: "Selector",
      value: (
        <Link className="mono" to={links.processes({ selector })}>
          {selector}
        </Link>
      ),
      wide: true,
    },
    { name: "Id", value: <span className="mono">{id}</span>, wide: true },
  ];
}
