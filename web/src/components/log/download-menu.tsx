// A log as a file: what is on the page, or the newest of it with rotated files, read page by page.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import { IconDownload, IconX } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import type { LogSource } from "../../api/log-follow.js";
import { readNewest } from "../../api/log-past.js";
import { t } from "../../i18n/i18n.js";
import { download } from "../../lib/download.js";
import { formatBytes } from "../../lib/format.js";
import type { LogRow } from "../../model/log-buffer.js";
import { useNotices } from "../notices.js";

/** What a page can hold without being felt. */
const NEWEST_BYTES = 16 * 1024 * 1024;

interface DownloadMenuProps {
  readonly source: LogSource;
  readonly rows: readonly LogRow[];
}

export function DownloadMenu({ source, rows }: DownloadMenuProps) {
  const notices = useNotices();
  const [readBytes, setReadBytes] = useState<number | null>(null);
  const abort = useRef<AbortController | null>(null);
  useEffect(() => () => abort.current?.abort(), []);
  const { instance, group, name, channel } = source;
  const file = `${instance}-${group}-${name}-${channel}.log`;

  async function saveNewest() {
    const reading = new AbortController();
    abort.current = reading;
    setReadBytes(0);
    try {
      const text = await readNewest(source, NEWEST_BYTES, { signal: reading.signal, onRead: setReadBytes });
      if (!reading.signal.aborted) download(file, fileOf(text));
    } catch (thrown) {
      if (!reading.signal.aborted) notices.problem(t("logs:download.failed"), FleetError.from(thrown).message);
    }
    if (!reading.signal.aborted) setReadBytes(null);
  }

  if (readBytes !== null) {
    return (
      <Button
        size="compact-sm"
        variant="light"
        rightSection={<IconX size={14} aria-label={t("logs:download.cancel")} />}
        onClick={() => {
          abort.current?.abort();
          setReadBytes(null);
        }}
      >
        {t("logs:download.reading", { bytes: formatBytes(readBytes) })}
      </Button>
    );
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Tooltip label={t("logs:download.label")}>
          <ActionIcon variant="subtle" color="gray" aria-label={t("logs:download.label")}>
            <IconDownload size={16} />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          disabled={rows.length === 0}
          onClick={() => download(file, fileOf(`${rows.map(({ text }) => text).join("\n")}\n`))}
        >
          {t("logs:download.shown")}
        </Menu.Item>
        <Menu.Item onClick={() => void saveNewest()}>
          {t("logs:download.newest", { bytes: formatBytes(NEWEST_BYTES) })}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function fileOf(text: string): Blob {
  return new Blob([text], { type: "text/plain;charset=utf-8" });
}
