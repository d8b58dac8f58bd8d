// The form for a token with which hosts join, and the one line to run on them.
import type { JoinToken } from "@fleetvisor/proto/api/v1";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { accessChanges, useChange } from "../../api/access.js";
import { CopyLine } from "../../components/copy-line.js";
import { t } from "../../i18n/i18n.js";
import { formatMoment } from "../../lib/format.js";
import { LIVES, lifeOf } from "../../model/access.js";
import { isLoopback, joinLine } from "../../model/join-line.js";
import classes from "./access-page.module.css";

const MOST_USES = 100_000;

export function NewJoinToken() {
  const change = useChange();
  const [address, setAddress] = useState(window.location.hostname);
  const [file, setFile] = useState("/etc/supervisor/supervisord.conf");
  const [uses, setUses] = useState("1");
  const [life, setLife] = useState("day");
  const [made, setMade] = useState<JoinToken | null>(null);
  const count = Number(uses);
  const valid =
    Number.isInteger(count) && count >= 1 && count <= MOST_USES && address.trim() !== "" && file.trim() !== "";
  async function make(event: FormEvent) {
    event.preventDefault();
    if (!valid) return;
    const { seconds } = lifeOf(life);
    const request = { uses: count, ...(seconds === null ? {} : { ttlSeconds: seconds }) };
    const token = await change("makeToken", () => accessChanges.addJoinToken(request));
    if (token !== null) setMade(token);
  }
  return (
    <>
      <p className={classes.lead}>{t("access:joins.lead")}</p>
      <form className={classes.form} onSubmit={(event) => void make(event)} aria-label={t("access:joins.form")}>
        <TextInput
          className={classes.field ?? ""}
          label={t("access:joins.address")}
          description={isLoopback(address) ? t("access:joins.addressLoopback") : undefined}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <TextInput
          className={classes.field ?? ""}
          label={t("access:joins.file")}
          value={file}
          onChange={(event) => setFile(event.currentTarget.value)}
        />
        <TextInput
          className={classes.count ?? ""}
          label={t("access:joins.uses")}
          inputMode="numeric"
          value={uses}
          onChange={(event) => setUses(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("access:goodFor")}
          data={LIVES.filter(({ seconds }) => seconds !== null).map(({ key, word }) => ({ value: key, label: word }))}
          value={life}
          onChange={(event) => setLife(event.currentTarget.value)}
        />
        <Button type="submit" disabled={!valid}>
          {t("access:joins.make")}
        </Button>
      </form>
      {made !== null && (
        <div className={classes.secret} role="status">
          <p>{t("access:joins.line", { count: made.uses })}</p>
          <CopyLine
            label={t("access:joins.copy")}
            text={joinLine({ address, port: made.agentsPort, token: made.token, file: file.trim() })}
          />
          <p className="dim">{t("access:joins.once", { moment: formatMoment(made.expiresAtMs) })}</p>
        </div>
      )}
    </>
  );
}
