// The form for an API token of one's own, and the token itself, shown this once.
import type { ApiToken } from "@fleetvisor/proto/api/v1";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { accessChanges, useChange } from "../../api/access.js";
import { CopyLine } from "../../components/copy-line.js";
import { t } from "../../i18n/i18n.js";
import { LIVES, lifeOf } from "../../model/access.js";
import classes from "./access-page.module.css";

export function NewToken() {
  const change = useChange();
  const [name, setName] = useState("");
  const [life, setLife] = useState("month");
  const [made, setMade] = useState<ApiToken | null>(null);
  async function make(event: FormEvent) {
    event.preventDefault();
    const { seconds } = lifeOf(life);
    const request = { name: name.trim(), ...(seconds === null ? {} : { ttlSeconds: seconds }) };
    const token = await change("makeToken", () => accessChanges.addToken(request));
    if (token === null) return;
    setMade(token);
    setName("");
  }
  return (
    <>
      <form className={classes.form} onSubmit={(event) => void make(event)} aria-label={t("access:tokens.new")}>
        <TextInput
          className={classes.field ?? ""}
          label={t("access:tokens.purpose")}
          placeholder={t("access:tokens.purposeExample")}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label={t("access:goodFor")}
          data={LIVES.map(({ key, word }) => ({ value: key, label: word }))}
          value={life}
          onChange={(event) => setLife(event.currentTarget.value)}
        />
        <Button type="submit" disabled={name.trim() === ""}>
          {t("access:tokens.make")}
        </Button>
      </form>
      {made?.token !== undefined && (
        <div className={classes.secret} role="status">
          <p>{t("access:tokens.once", { name: made.name })}</p>
          <CopyLine label={t("access:tokens.copy")} text={made.token} />
        </div>
      )}
    </>
  );
}
