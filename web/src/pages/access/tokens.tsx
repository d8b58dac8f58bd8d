// API tokens: one's own with a form for a new one, or everybody's.
import type { ApiToken } from "@fleetvisor/proto/api/v1";
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { accessChanges, useChange, useTokens } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { ConfirmButton } from "../../components/confirm-button.js";
import { CopyLine } from "../../components/copy-line.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { Ago } from "../../lib/clock.js";
import { buildTokens, LIVES, type TokenRow } from "../../model/access.js";
import classes from "./access-page.module.css";

export function Tokens({ all }: { readonly all: boolean }) {
  const tokens = useTokens(all);
  const change = useChange();
  const rows = useMemo(() => buildTokens(tokens.data?.items ?? [], Date.now()), [tokens.data]);
  const columns: readonly Column<TokenRow>[] = [
    { key: "name", head: "Token", title: true, grow: true, cell: ({ name }) => name },
    ...(all ? [{ key: "user", head: "Of", cell: ({ user }: TokenRow) => user }] : []),
    { key: "made", head: "Made", cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
    {
      key: "used",
      head: "Last used",
      cell: ({ lastUsedAtMs }) => (lastUsedAtMs === null ? "never" : <Ago atMs={lastUsedAtMs} />),
    },
    { key: "ends", head: "Ends", cell: ({ ends }) => ends },
    {
      key: "act",
      head: "",
      end: true,
      cell: ({ id, name, user }) => (
        <ConfirmButton
          word="Revoke"
          label={`Revoke ${name}`}
          title={`Revoke ${name} of ${user}`}
          onConfirm={() => void change("revoke it", () => accessChanges.deleteToken(id))}
        >
          Whatever uses it is refused from now on.
        </ConfirmButton>
      ),
    },
  ];
  return (
    <Panel title={all ? "Everybody's API tokens" : "Your API tokens"} flush>
      <AskedList
        asked={tokens}
        rows={rows}
        label="API tokens"
        empty="No API token"
        columns={columns}
        keyOf={({ id }) => id}
        tone={({ ended }) => (ended ? "old" : undefined)}
      />
      {!all && <NewToken />}
    </Panel>
  );
}

function NewToken() {
  const change = useChange();
  const [name, setName] = useState("");
  const [life, setLife] = useState("30 days");
  const [made, setMade] = useState<ApiToken | null>(null);
  async function make(event: FormEvent) {
    event.preventDefault();
    const seconds = LIVES.find(({ word }) => word === life)?.seconds ?? null;
    const request = { name: name.trim(), ...(seconds === null ? {} : { ttlSeconds: seconds }) };
    const token = await change("make a token", () => accessChanges.addToken(request));
    if (token === null) return;
    setMade(token);
    setName("");
  }
  return (
    <>
      <form className={classes.form} onSubmit={(event) => void make(event)} aria-label="New token">
        <TextInput
          className={classes.field ?? ""}
          label="What it is for"
          placeholder="fvctl on my laptop"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NativeSelect
          label="Good for"
          data={LIVES.map(({ word }) => word)}
          value={life}
          onChange={(event) => setLife(event.currentTarget.value)}
        />
        <Button type="submit" disabled={name.trim() === ""}>
          Make a token
        </Button>
      </form>
      {made?.token !== undefined && (
        <div className={classes.secret} role="status">
          <p>
            The token {made.name} is shown this once. It may do what you may; log fvctl in with it, or give it to a
            script.
          </p>
          <CopyLine label="token" text={made.token} />
        </div>
      )}
    </>
  );
}
