// Why somebody may or may not do something: a question, kept in the address, and the grant that decides.
import { ACCESS_VERB_NAMES } from "@fleetvisor/proto/vocabulary/access";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Alert, Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useSearchParams } from "react-router";
import { useExplanation } from "../../api/access.js";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import { t } from "../../i18n/i18n.js";
import { verbMeaning } from "../../model/access.js";
import { type AnswerView, buildAnswer, explainParams, parseExplain } from "../../model/explain.js";
import classes from "./access-page.module.css";

export function Explain() {
  const { user: own, administers = false } = useSession();
  const [params, setParams] = useSearchParams();
  const question = parseExplain(params, own);
  const [user, setUser] = useState(question?.user ?? own);
  const [verb, setVerb] = useState(question?.verb ?? "restart");
  const [target, setTarget] = useState(question?.target ?? "");
  const answer = useExplanation(question);
  function ask(event: FormEvent) {
    event.preventDefault();
    setParams(explainParams({ user: user.trim(), verb, target: target.trim() }, own));
  }
  return (
    <Panel title={t("access:explain.title")} flush>
      <form className={classes.form} onSubmit={ask} aria-label={t("access:explain.title")}>
        {administers && (
          <TextInput
            className={classes.field ?? ""}
            label={t("access:explain.who")}
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
        )}
        <NativeSelect
          label={t("access:explain.does")}
          data={[...ACCESS_VERB_NAMES]}
          value={verb}
          onChange={({ currentTarget: { value } }) =>
            setVerb(ACCESS_VERB_NAMES.find((each) => each === value) ?? "read")
          }
        />
        <TextInput
          className={classes.field ?? ""}
          label={t("access:explain.toWhat")}
          placeholder={t("access:explain.toWhatExample")}
          value={target}
          onChange={(event) => setTarget(event.currentTarget.value)}
        />
        <Button type="submit">{t("access:explain.ask")}</Button>
      </form>
      <div className={classes.secret} role="status">
        {answer.data !== undefined ? (
          <Answer answer={buildAnswer(answer.data)} />
        ) : answer.isError ? (
          <Alert color="red" variant="light">
            <span className="sentence any-break">{FleetError.from(answer.error).message}</span>
          </Alert>
        ) : (
          <span className="dim">{t("access:explain.meaning", { verb, meaning: verbMeaning(verb) })}</span>
        )}
      </div>
    </Panel>
  );
}

function Answer({ answer: { allowed, title, reason, by } }: { readonly answer: AnswerView }) {
  return (
    <Alert color={allowed ? "green" : "red"} variant="light">
      <p className={classes.answer}>
        <strong>{title}</strong>
      </p>
      <p className={`${classes.answer} sentence any-break`}>{reason}</p>
      {by !== null && <p className={`${classes.answer} any-break`}>{by}</p>}
    </Alert>
  );
}
