// The configuration of a process or a daemon as rows to draw, narrowed by a text.
import type { ConfigReport } from "@fleetvisor/proto/api/logs";
import { t } from "../i18n/i18n.js";

export interface ConfigRow {
  readonly name: string;
  readonly value: string;
  /** `masked`: there is a value, kept on the host; `unset`: there is none. */
  readonly kind: "told" | "masked" | "unset";
}

export interface ConfigTable {
  readonly title: string;
  readonly rows: readonly ConfigRow[];
}

/** Tables without a row that matches are left out; a name, a value or a title that holds the text matches. */
export function buildConfig({ sections }: ConfigReport, text: string): readonly ConfigTable[] {
  const wanted = text.trim().toLowerCase();
  return sections
    .map(({ title, options }) => {
      const hasTitle = title.toLowerCase().includes(wanted);
      const rows = options
        .map(({ name, value, isMasked }): ConfigRow => {
          if (isMasked) return { name, value: t("process:config.masked"), kind: "masked" };
          return value === ""
            ? { name, value: t("process:config.unset"), kind: "unset" }
            : { name, value, kind: "told" };
        })
        .filter(({ name, value }) => hasTitle || `${name} ${value}`.toLowerCase().includes(wanted));
      return { title: titleOf(title), rows };
    })
    .filter(({ rows }) => rows.length > 0);
}

/** Sections of the file in brackets; what is no section of it in words. */
function titleOf(title: string): string {
  if (title === "groups" || title === "files") return t(`process:config.${title}`);
  return `[${title}]`;
}
