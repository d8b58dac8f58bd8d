// How hosts are added: a form for a join token, the one line to run on them, and word of those that came by it.
import type { JoinToken } from "@fleetvisor/proto/api/v1";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { Trans } from "react-i18next";
import { accessChanges, useChange } from "../../api/access.js";
import { t } from "../../i18n/i18n.js";
import { formatMoment } from "../../lib/format.js";
import { LIVES, lifeOf } from "../../model/access.js";
import { isInstanceName, isLoopback, joinLine } from "../../model/join-line.js";
import { CopyLine } from "../copy-line.js";
import classes from "./add-host.module.css";
import { Arrivals } from "./arrivals.js";

const MOST_USES = 100_000;

/** `many`: for more than one host, and for as long as one likes. */
export function AddHost({ many }: { readonly many: boolean }) {
  const change = useChange();
  const [address, setAddress] = useState(window.location.hostname);
  const [file, setFile] = useState("/etc/supervisor/supervisord.conf");
  const [name, setName] = useState("");
  const [uses, setUses] = useState("1");
  const [life, setLife] = useState("day");
  const [made, setMade] = useState<JoinToken | null>(null);
  const count = Number(uses);
  // Two hosts cannot have one name.
  const ownName = count > 1 ? "" : name.trim();
  const named = ownName === "" || isInstanceName(ownName);
  const valid =
    Number.isInteger(count) && count >= 1 && count <= MOST_USES && address.trim() !== "" && file.trim() !== "" && named;
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
      <p className={classes.lead}>
        <Trans ns="access" i18nKey="joins.lead" components={{ command: <code /> }} />
      </p>
      <form className={classes.form} onSubmit={(event) => void make(event)} aria-label={t("access:joins.form")}>
        <TextInput
          className={classes.field ?? ""}
          label={t("access:joins.address")}
          description={t(isLoopback(address) ? "access:joins.addressLoopback" : "access:joins.addressMore")}
          inputWrapperOrder={INPUT_FIRST}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <TextInput
          className={classes.field ?? ""}
          label={t("access:joins.file")}
          description={t("access:joins.fileMore")}
          inputWrapperOrder={INPUT_FIRST}
          value={file}
          onChange={(event) => setFile(event.currentTarget.value)}
        />
        <TextInput
          className={classes.field ?? ""}
          label={t("access:joins.name")}
          description={t(count > 1 ? "access:joins.nameOfMany" : "access:joins.nameMore")}
          inputWrapperOrder={INPUT_FIRST}
          placeholder={t("access:joins.nameExample")}
          disabled={count > 1}
          error={named ? undefined : t("access:joins.nameWrong")}
          value={count > 1 ? "" : name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {many && (
          <>
            <TextInput
              className={classes.count ?? ""}
              label={t("access:joins.uses")}
              inputMode="numeric"
              value={uses}
              onChange={(event) => setUses(event.currentTarget.value)}
            />
            <NativeSelect
              label={t("access:goodFor")}
              data={LIVES.filter(({ seconds }) => seconds !== null).map(({ key, word }) => ({
                value: key,
                label: word,
              }))}
              value={life}
              onChange={(event) => setLife(event.currentTarget.value)}
            />
          </>
        )}
        <Button
          type="submit"
          className={classes.make ?? ""}
          disabled={!valid}
          variant={made === null ? "filled" : "default"}
        >
          {t(made === null ? "access:joins.make" : "access:joins.another")}
        </Button>
      </form>
      {made !== null && (
        <div className={classes.made}>
          <p>{t("access:joins.line", { count: made.uses })}</p>
          <CopyLine
            label={t("access:joins.copy")}
            text={joinLine({
              address,
              port: made.agentsPort,
              token: made.token,
              file: file.trim(),
              name: named ? ownName : "",
            })}
          />
          <p className="dim">{t("access:joins.once", { moment: formatMoment(made.expiresAtMs) })}</p>
          <Arrivals key={made.token} />
        </div>
      )}
    </>
  );
}

/** What is told of a field stands under it, so that fields beside each other begin at one height. */
const INPUT_FIRST: ("label" | "input" | "description" | "error")[] = ["label", "input", "description", "error"];
