// A line for the standard input of a program, for who may: apart from everything else, and what became of it in words.
import type { Process } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { SIGNALLABLE_STATES } from "@fleetvisor/proto/vocabulary/states";
import { Button, Checkbox, Textarea } from "@mantine/core";
import { IconSend } from "@tabler/icons-react";
import { type FormEvent, useState } from "react";
import { sendStdin } from "../../api/process-input.js";
import { Panel } from "../../components/panel.js";
import { t } from "../../i18n/i18n.js";
import classes from "./stdin.module.css";

interface StdinProps {
  readonly process: Process;
  readonly className?: string | undefined;
}

export function Stdin({ process, className }: StdinProps) {
  const { instance, group, name, target, state, liveness } = process;
  const [text, setText] = useState("");
  const [withFeed, setWithFeed] = useState(true);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState<{ readonly words: string; readonly bad: boolean } | null>(null);
  const canRead = SIGNALLABLE_STATES.has(state) && liveness !== "lost";
  const whole = withFeed ? `${text}\n` : text;

  async function send(event: FormEvent) {
    event.preventDefault();
    if (busy || whole === "") return;
    setBusy(true);
    setTold(null);
    try {
      await sendStdin({ instance, group, name }, whole);
      setText("");
      const count = new TextEncoder().encode(whole).length;
      setTold({ words: t("process:stdin.sent", { count }), bad: false });
    } catch (thrown) {
      const { kind, message: reason } = FleetError.from(thrown);
      const words =
        kind === "unknown-outcome" ? t("process:stdin.unknown", { reason }) : t("process:stdin.failed", { reason });
      setTold({ words, bad: true });
    }
    setBusy(false);
  }

  return (
    <Panel title={t("process:stdin.title")} className={className}>
      <form className={classes.form} onSubmit={(event) => void send(event)}>
        <Textarea
          aria-label={t("process:stdin.label", { target })}
          placeholder={t("process:stdin.placeholder")}
          classNames={{ input: "mono" }}
          rows={2}
          maxLength={65_000}
          value={text}
          disabled={!canRead}
          spellCheck={false}
          onChange={({ currentTarget: { value } }) => setText(value)}
        />
        <div className={classes.line}>
          <Checkbox
            size="xs"
            label={t("process:stdin.withFeed")}
            checked={withFeed}
            disabled={!canRead}
            onChange={({ currentTarget: { checked } }) => setWithFeed(checked)}
          />
          <Button
            type="submit"
            size="xs"
            variant="default"
            leftSection={<IconSend size={14} />}
            loading={busy}
            disabled={!canRead || whole === ""}
          >
            {t("process:stdin.send")}
          </Button>
        </div>
      </form>
      <p className={classes.note}>{canRead ? t("process:stdin.warning") : t("process:stdin.notRunning")}</p>
      <p className={`any-break ${classes.told}`} role="status" data-bad={told?.bad || undefined}>
        {told?.words ?? ""}
      </p>
    </Panel>
  );
}
