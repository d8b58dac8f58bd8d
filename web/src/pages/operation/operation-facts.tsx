// What is told of an operation beside its targets.
import type { Operation } from "@fleetvisor/proto/api/v1";
import { Link } from "react-router";
import type { Fact } from "../../components/facts.js";
import { t } from "../../i18n/i18n.js";
import { Ago, Since, Until } from "../../lib/clock.js";
import { formatUptime } from "../../lib/format.js";
import { links } from "../../model/links.js";
import { operationLook, planWords } from "../../model/operations.js";

export function operationFacts(operation: Operation): readonly Fact[] {
  const { createdAtMs, finishedAtMs, user, selector, plan, batches = 1, resumesAtMs = null, state, id } = operation;
  return [
    { name: t("operations:one.askedBy"), value: user },
    { name: t("operations:one.when"), value: <Ago atMs={createdAtMs} /> },
    finishedAtMs === null
      ? { name: t("operations:one.goesOnFor"), value: <Since atMs={createdAtMs} /> }
      : { name: t("operations:one.took"), value: formatUptime(finishedAtMs - createdAtMs) },
    ...(resumesAtMs === null || finishedAtMs !== null
      ? []
      : [{ name: t("operations:one.nextBatch"), value: <Until atMs={resumesAtMs} /> }]),
    { name: t("operations:one.state"), value: operationLook(state).meaning, wide: true },
    ...(plan == null
      ? []
      : [{ name: t("operations:one.plan"), value: planWords(plan, batches).join("; "), wide: true }]),
    {
      name: t("operations:one.selector"),
      value: (
        <Link className="mono" to={links.processes({ selector })}>
          {selector}
        </Link>
      ),
      wide: true,
    },
    { name: t("operations:one.id"), value: <span className="mono">{id}</span>, wide: true },
  ];
}
