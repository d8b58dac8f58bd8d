// Users with what they may do: kept out, let in and deleted; grants taken back, passwords set.
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { accessChanges, useChange, useUsers } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { ConfirmButton } from "../../components/confirm-button.js";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import type { Column } from "../../components/table.js";
import { t } from "../../i18n/i18n.js";
import { buildUsers, grantWords, type UserRow } from "../../model/access.js";
import classes from "./access-page.module.css";
import { NewGrant } from "./new-grant.js";
import { NewUser } from "./new-user.js";
import { SetPassword } from "./set-password.js";

export function Users() {
  const users = useUsers();
  const session = useSession();
  const rows = useMemo(() => buildUsers(users.data?.items ?? [], session.user), [users.data, session.user]);
  const columns: readonly Column<UserRow>[] = [
    {
      key: "name",
      head: t("access:users.head.user"),
      title: true,
      cell: ({ name, own }) => <strong>{own ? t("access:users.you", { name }) : name}</strong>,
    },
    { key: "grants", head: t("access:users.head.may"), grow: true, cell: (row) => <Grants row={row} /> },
    { key: "password", head: t("access:users.head.password"), cell: ({ password }) => password },
    {
      key: "state",
      head: t("access:users.head.state"),
      cell: ({ disabled }) => (
        <span className={classes.whole}>{disabled ? t("access:users.keptOut") : t("access:users.letInState")}</span>
      ),
    },
    { key: "act", head: "", end: true, cell: (row) => (row.own ? "" : <Deeds row={row} />) },
  ];
  return (
    <>
      <Panel title={t("access:users.title")} flush>
        <AskedList
          asked={users}
          rows={rows}
          label={t("access:users.title")}
          empty={t("access:users.none")}
          columns={columns}
          keyOf={({ name }) => name}
          tone={({ disabled }) => (disabled ? "old" : undefined)}
        />
        <NewUser />
      </Panel>
      <Panel title={t("access:users.grantTitle")} flush>
        <NewGrant users={rows.map(({ name }) => name)} />
      </Panel>
    </>
  );
}

function Grants({ row: { name, grants } }: { readonly row: UserRow }) {
  const change = useChange();
  if (grants.length === 0) return <span className="dim">{t("access:users.nothing")}</span>;
  return (
    <ul className={`plain-list ${classes.grants}`}>
      {grants.map((each) => {
        const grant = grantWords(each);
        return (
          <li key={each.id} className={classes.grant}>
            <span className="mono">{grant}</span>
            <ConfirmButton
              word={t("access:users.takeBack")}
              label={t("access:users.takeBackLabel", { grant, name })}
              title={t("access:users.takeBackTitle", { grant, name })}
              onConfirm={() => void change("takeBack", () => accessChanges.deleteGrant(each.id))}
            >
              {t("access:users.takeBackMore", { name })}
            </ConfirmButton>
          </li>
        );
      })}
    </ul>
  );
}

function Deeds({ row: { name, disabled } }: { readonly row: UserRow }) {
  const change = useChange();
  return (
    <div className={classes.buttons}>
      <SetPassword name={name} />
      {disabled ? (
        <Button
          variant="default"
          size="compact-xs"
          onClick={() => void change("letIn", () => accessChanges.enableUser(name))}
        >
          {t("access:users.letIn")}
        </Button>
      ) : (
        <ConfirmButton
          word={t("access:users.keepOut")}
          label={t("access:users.keepOutTitle", { name })}
          title={t("access:users.keepOutTitle", { name })}
          onConfirm={() => void change("keepOut", () => accessChanges.disableUser(name))}
        >
          {t("access:users.keepOutMore", { name })}
        </ConfirmButton>
      )}
      <ConfirmButton
        word={t("access:users.delete")}
        label={t("access:users.deleteTitle", { name })}
        title={t("access:users.deleteTitle", { name })}
        onConfirm={() => void change("remove", () => accessChanges.deleteUser(name))}
      >
        {t("access:users.deleteMore", { name })}
      </ConfirmButton>
    </div>
  );
}
