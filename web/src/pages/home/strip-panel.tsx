// The panel of the strip: which label groups it, which the URL remembers, and its words while there is nothing to draw.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { NativeSelect } from "@mantine/core";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";
import { Panel } from "../../components/panel.js";
import { Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { links } from "../../model/links.js";
import { buildStrip } from "../../model/strip.js";
import { Strip } from "./strip.js";
import classes from "./strip.module.css";

interface StripPanelProps {
  /** Undefined while they are asked for. */
  readonly instances: readonly Instance[] | undefined;
  readonly error: unknown;
  readonly retry: () => void;
}

export function StripPanel({ instances, error, retry }: StripPanelProps) {
  const [params, setParams] = useSearchParams();
  const by = params.get("by");
  const view = useMemo(() => (instances === undefined ? null : buildStrip(instances, by)), [instances, by]);
  function group(key: string) {
    setParams(
      (old) => {
        if (key === "") old.delete("by");
        else old.set("by", key);
        return old;
      },
      { replace: true },
    );
  }
  return (
    <Panel
      title={t("home:strip.title")}
      flush
      actions={
        <>
          {view !== null && view.keys.length > 0 && (
            <NativeSelect
              className={classes.choice ?? ""}
              size="xs"
              aria-label={t("home:strip.groupBy")}
              value={by ?? ""}
              data={[
                { value: "", label: t("home:strip.noGroup") },
                ...view.keys.map((key) => ({ value: key, label: key })),
              ]}
              onChange={({ currentTarget }) => group(currentTarget.value)}
            />
          )}
          <Link to={links.instances()}>{t("home:strip.all")}</Link>
        </>
      }
    >
      {view !== null ? (
        <Strip view={view} />
      ) : error !== null ? (
        <Failed error={error} what={t("home:strip.failed")} retry={retry} />
      ) : (
        <Loading />
      )}
    </Panel>
  );
}
