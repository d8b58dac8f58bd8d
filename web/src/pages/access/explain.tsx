// Why somebody may or may not do something: a question, and the grant that decides.
import type { ExplainQuery } from "@fleetvisor/proto/api/v1";
import { ACCESS_VERB_NAMES, ACCESS_VERBS } from "@fleetvisor/proto/vocabulary/access";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert, Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useExplanation } from "../../api/access.js";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import classes from "./access-page.module.css";

export function Explain() {
  const { user: own, administers = false } = useSession();
  const [user, setUser] = useState(own);
  const [verb, setVerb] = useState<ExplainQuery["verb"]>("restart");
  const [target, setTarget] = useState("");
  const [question, setQuestion] = useState<ExplainQuery | null>(null);
  const answer = useExplanation(question);
  function ask(event: FormEvent) {
    event.preventDefault();
    const about = target.trim();
    setQuestion({
      verb,
      ...(about === "" ? {} : { target: about }),
      ...(user.trim() === own ? {} : { user: user.trim() }),
    });
  }
  return (
    <Panel title="May they?" flush>
      <form className={classes.form} onSubmit={ask} aria-label="May they?">
        {administers && (
          <TextInput
            className={classes.field ?? ""}
            label="Who"
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
        )}
        <NativeSelect
          label="Does what"
          data={[...ACCESS_VERB_NAMES]}
          value={verb}
          onChange={({ currentTarget: { value } }) =>
            setVerb(ACCESS_VERB_NAMES.find((each) => each === value) ?? "read")
          }
        />
        <TextInput
          className={classes.field ?? ""}
          label="To what"
          placeholder="web-1/api:api-0, web-1, or empty for all"
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <Button type="submit">Explain</Button>
      </form>
      <div className={classes.secret} role="status">
        {answer.data !== undefined ? (
          <Alert color={answer.data.allowed ? "green" : "red"} variant="light">
            <strong>
              {answer.data.user} {answer.data.allowed ? "may" : "may not"} {answer.data.verb}{" "}
              {answer.data.target ?? "everything"}
            </strong>
            : {answer.data.reason}
          </Alert>
        ) : answer.isError ? (
          <Alert color="red" variant="light">
            <span className="sentence any-break">{FleetError.from(answer.error).message}</span>
          </Alert>
        ) : (
          <span className="dim">
            To {verb} is to {ACCESS_VERBS[verb]}.
          </span>
        )}
      </div>
    </Panel>
  );
}
