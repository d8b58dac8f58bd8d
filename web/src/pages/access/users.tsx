// Users with what they may do: added, kept out and deleted; grants given and taken back.
import { ACCESS_VERB_NAMES, type AccessVerb, ROLES } from "@fleetvisor/proto/vocabulary/access";
import { Button, NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { type FormEvent, useMemo, useState } from "react";
import { accessChanges, useChange, useUsers } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { ConfirmButton } from "../../components/confirm-button.js";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import type { Column } from "../../components/table.js";
import { buildUsers, grantWords, roleMeaning, type UserRow, verbMeaning } from "../../model/access.js";
import classes from "./access-page.module.css";

export function Users() {
  const users = useUsers();
  const session = useSession();
  const change = useChange();
  const rows = useMemo(() => buildUsers(users.data?.items ?? [], session.user), [users.data, session.user]);
  const columns: readonly Column<UserRow>[] = [
    {
      key: "name",
      head: "User",
      title: true,
      cell: ({ name, own }) => <strong>{own ? `${name} (you)` : name}</strong>,
    },
    {
      key: "grants",
      head: "May",
      grow: true,
      cell: ({ name, grants }) =>
        grants.length === 0 ? (
          <span className="dim">nothing</span>
        ) : (
          <ul className={`plain-list ${classes.grants}`}>
            {grants.map((grant) => (
              <li key={grant.id} className={classes.grant}>
                <span className="mono">{grantWords(grant)}</span>
                <ConfirmButton
                  word="Take back"
                  label={`Take back ${grantWords(grant)} from ${name}`}
                  title={`Take back from ${name}: ${grantWords(grant)}`}
                  onConfirm={() => void change("take it back", () => accessChanges.deleteGrant(grant.id))}
                >
                  {name} may do this no more, at once; open pages and followed logs included.
                </ConfirmButton>
              </li>
            ))}
          </ul>
        ),
    },
    { key: "password", head: "Password", cell: ({ password }) => password },
    { key: "state", head: "State", cell: ({ disabled }) => (disabled ? "kept out" : "let in") },
    {
      key: "act",
      head: "",
      end: true,
      cell: ({ name, own, disabled }) =>
        own ? (
          ""
        ) : (
          <div className={classes.buttons}>
            {disabled ? (
              <Button
                variant="default"
                size="compact-xs"
                onClick={() => void change("let them in", () => accessChanges.enableUser(name))}
              >
                Let in
              </Button>
            ) : (
              <ConfirmButton
                word="Keep out"
                label={`Keep ${name} out`}
                title={`Keep ${name} out`}
                onConfirm={() => void change("keep them out", () => accessChanges.disableUser(name))}
              >
                Sessions end and tokens are refused until {name} is let in again; grants stay.
              </ConfirmButton>
            )}
            <ConfirmButton
              word="Delete"
              label={`Delete ${name}`}
              title={`Delete ${name}`}
              onConfirm={() => void change("delete them", () => accessChanges.deleteUser(name))}
            >
              With all grants, tokens and sessions. What {name} did stays in the audit.
            </ConfirmButton>
          </div>
        ),
    },
  ];
  return (
    <>
      <Panel title="Users" flush>
        <AskedList
          asked={users}
          rows={rows}
          label="Users"
          empty="No user"
          columns={columns}
          keyOf={({ name }) => name}
          tone={({ disabled }) => (disabled ? "old" : undefined)}
        />
        <NewUser />
      </Panel>
      <Panel title="Grant something" flush>
        <NewGrant users={rows.map(({ name }) => name)} />
      </Panel>
    </>
  );
}

function NewUser() {
  const change = useChange();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  async function add(event: FormEvent) {
    event.preventDefault();
    const request = { name: name.trim(), ...(password === "" ? {} : { password }) };
    if ((await change("add them", () => accessChanges.addUser(request))) === null) return;
    setName("");
    setPassword("");
  }
  return (
    <form className={classes.form} onSubmit={(event) => void add(event)} aria-label="New user">
      <TextInput
        className={classes.field ?? ""}
        label="New user"
        autoComplete="off"
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <PasswordInput
        className={classes.field ?? ""}
        label="First password (8 characters or more)"
        autoComplete="new-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
      />
      <Button type="submit" disabled={name.trim() === ""}>
        Add
      </Button>
    </form>
  );
}

/** What can be granted: a role, or one verb. */
const WHATS = [
  ...ROLES.map((role) => ({ value: `role ${role}`, label: `${role}: ${roleMeaning(role)}` })),
  ...ACCESS_VERB_NAMES.map((verb) => ({ value: `verb ${verb}`, label: `only ${verb}: ${verbMeaning(verb)}` })),
];

function NewGrant({ users }: { readonly users: readonly string[] }) {
  const change = useChange();
  const [user, setUser] = useState("");
  const [what, setWhat] = useState("role viewer");
  const [selector, setSelector] = useState("");
  const chosen = users.includes(user) ? user : (users[0] ?? "");
  async function grant(event: FormEvent) {
    event.preventDefault();
    const role = ROLES.find((each) => what === `role ${each}`);
    const verbs: AccessVerb[] = ACCESS_VERB_NAMES.filter((each) => what === `verb ${each}`);
    const request = { user: chosen, selector: selector.trim(), ...(role === undefined ? { verbs } : { role }) };
    if ((await change("grant it", () => accessChanges.addGrant(request))) !== null) setSelector("");
  }
  return (
    <form className={classes.form} onSubmit={(event) => void grant(event)} aria-label="New grant">
      <NativeSelect
        label="To"
        data={[...users]}
        value={chosen}
        onChange={(event) => setUser(event.currentTarget.value)}
      />
      <NativeSelect
        className={classes.field ?? ""}
        label="What"
        data={WHATS}
        value={what}
        onChange={(event) => setWhat(event.currentTarget.value)}
      />
      <TextInput
        className={classes.field ?? ""}
        label="Over what (a selector)"
        placeholder="role=web/api:*, or all"
        value={selector}
        onChange={(event) => setSelector(event.currentTarget.value)}
      />
      <Button type="submit" disabled={selector.trim() === ""}>
        Grant
      </Button>
    </form>
  );
}
