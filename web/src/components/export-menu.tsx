// A menu that saves all rows of a question as a file; while it is made, how far it is and a way to call it off.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button, Menu, Progress } from "@mantine/core";
import { IconChevronDown, IconDownload } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { ExportProgress, ExportSource } from "../api/export.js";
import { t } from "../i18n/i18n.js";
import { download } from "../lib/download.js";
import { formatCount } from "../lib/format.js";
import { EXPORT_FORMATS, type ExportFormat } from "../model/export.js";
import classes from "./export-menu.module.css";
import { useNotices } from "./notices.js";

interface ExportMenuProps {
  readonly source: ExportSource;
  /** Of the file, without what tells its kind. */
  readonly name: string;
  readonly disabled: boolean;
}

const FORMATS = Object.keys(EXPORT_FORMATS) as readonly ExportFormat[];

export function ExportMenu({ source, name, disabled }: ExportMenuProps) {
  const notices = useNotices();
  const [progress, setProgress] = useState<ExportProgress | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  async function save(format: ExportFormat) {
    const control = new AbortController();
    running.current = control;
    setProgress({ done: 0, total: null });
    try {
      const file = await source({ format, onProgress: setProgress, signal: control.signal });
      download(`${name}.${EXPORT_FORMATS[format].extension}`, file);
    } catch (error) {
      if (!control.signal.aborted) notices.problem(t("processes:export.failed"), FleetError.from(error).message);
    }
    if (running.current === control) setProgress(null);
  }
  if (progress !== null) {
    const { done, total } = progress;
    return (
      <div className={classes.running}>
        <Progress
          className={classes.bar ?? ""}
          size="sm"
          value={total === null ? 100 : (100 * done) / Math.max(1, total)}
          animated={total === null}
          aria-label={t("processes:export.progressLabel")}
        />
        <span className="dim num no-break">
          {total === null
            ? t("processes:export.progressUnknown", { done: formatCount(done) })
            : t("processes:export.progress", { done: formatCount(done), total: formatCount(total) })}
        </span>
        <Button
          variant="default"
          size="xs"
          onClick={() => {
            running.current?.abort();
            running.current = null;
            setProgress(null);
          }}
        >
          {t("processes:export.cancel")}
        </Button>
      </div>
    );
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconDownload size={15} />}
          rightSection={<IconChevronDown size={14} />}
          disabled={disabled}
        >
          {t("processes:export.do")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {FORMATS.map((format) => (
          <Menu.Item key={format} onClick={() => void save(format)}>
            {t(`processes:export.${format}`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
