// The resolved configuration of a process or of a daemon: asked for when somebody wants to see it.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button, TextInput } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useState } from "react";
import type { Place } from "../../api/measures.js";
import { useConfig } from "../../api/process-input.js";
import { t } from "../../i18n/i18n.js";
import { buildConfig } from "../../model/config.js";
import { Panel } from "../panel.js";
import { Empty, Failed, Loading } from "../words.js";
import classes from "./config-panel.module.css";

interface ConfigPanelProps {
  /** A process, or without group and name the daemon of an instance. */
  readonly of: Place | { readonly instance: string };
  readonly className?: string | undefined;
}

export function ConfigPanel({ of, className }: ConfigPanelProps) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const config = useConfig(of, open);
  const tables = config.data === undefined ? [] : buildConfig(config.data, text);
  return (
    <Panel
      title={t("process:config.title")}
      className={className}
      actions={
        <Button variant="default" size="xs" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t("process:config.hide") : t("process:config.show")}
        </Button>
      }
    >
      <p className={classes.hint}>{t("process:config.hint")}</p>
      {open && config.isPending && <Loading rows={6} />}
      {open &&
        config.data === undefined &&
        config.isError &&
        (FleetError.from(config.error).kind === "forbidden" ? (
          <Empty icon={IconLock} title={t("process:config.forbidden")}>
            {t("process:config.forbiddenMore")}
          </Empty>
        ) : (
          <Failed error={config.error} what={t("process:config.failed")} retry={() => void config.refetch()} />
        ))}
      {open && config.data !== undefined && (
        <>
          <TextInput
            size="xs"
            className={classes.filter ?? ""}
            aria-label={t("process:config.filter")}
            placeholder={t("process:config.filter")}
            value={text}
            spellCheck={false}
            onChange={({ currentTarget: { value } }) => setText(value)}
          />
          {tables.map(({ title, rows }, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two sections may have one title, and none moves
            <section key={at} aria-label={t("process:config.section", { section: title })}>
              <h3 className={`mono ${classes.title}`}>{title}</h3>
              <dl className={classes.options}>
                {rows.map(({ name, value, kind }, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: as above
                  <div key={place} className={classes.option} data-kind={kind}>
                    <dt className="mono any-break">{name}</dt>
                    <dd className={`any-break ${kind === "told" ? "mono" : ""}`}>{value}</dd>
                  </div>
                ))}
              </dl>
            </section>
          ))}
          {tables.length === 0 &&
            (text === "" ? (
              <Empty title={t("process:config.empty")} />
            ) : (
              <Empty title={t("process:config.none")}>
                <Button variant="default" size="xs" onClick={() => setText("")}>
                  {t("process:config.showAll")}
                </Button>
              </Empty>
            ))}
        </>
      )}
    </Panel>
  );
}
