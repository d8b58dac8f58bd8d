// The question before an operation: what it does, to what, where, and in which batches, as the controller resolves it.
import { operationVerb } from "@fleetvisor/proto/vocabulary/operations";
import { Button, Group, Modal } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue, useEffect, useRef, useState } from "react";
import { type Preview, previewOperation } from "../api/actions.js";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import { askTitle, impactWords, verbWords } from "../model/actions.js";
import { ALL_AT_ONCE, batchWords, type Plan, previewBatches, readRollout } from "../model/rollout.js";
import type { Wish } from "./act.js";
import classes from "./act.module.css";
import { RolloutFields } from "./rollout-fields.js";
import { Empty, Failed, Loading } from "./words.js";

interface QuestionProps {
  readonly wish: Wish;
  readonly yes: (plan: Plan) => void;
  readonly no: () => void;
}

export function Question({ wish, yes, no }: QuestionProps) {
  const [rollout, setRollout] = useState(ALL_AT_ONCE);
  const read = readRollout(rollout, operationVerb(wish.verb).canWaitRunning);
  const plan = "plan" in read ? read.plan : null;
  const wanted = useDeferredValue(plan);
  const preview = useQuery({
    queryKey: ["dry-run", wish, wanted?.batch ?? null],
    queryFn: () =>
      previewOperation({ ...wish, ...(wanted?.batch === undefined ? {} : { batch: wanted.batch }) }, MOST_NAMES),
    placeholderData: keepPreviousData,
    gcTime: 0,
    staleTime: 0,
  });
  const confirm = useRef<HTMLButtonElement>(null);
  const count = preview.data?.impact.targets ?? 0;
  const words = verbWords(wish.verb, count);
  const ready = count > 0;
  useEffect(() => {
    // Only now can it take the focus: while the targets were asked for it was disabled.
    if (ready) confirm.current?.focus();
  }, [ready]);
  const title =
    preview.data === undefined
      ? `${words.name}…`
      : askTitle(
          wish.verb,
          wish.signal ?? null,
          preview.data.named.map(({ target }) => target),
          count,
        );
  return (
    <form
      className={classes.question}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && plan !== null) yes(plan);
      }}
    >
      <Modal.Title className={`${classes.title} any-break`}>{title}</Modal.Title>
      {preview.isPending ? (
        <Loading rows={2} />
      ) : preview.isError ? (
        <Failed error={preview.error} what={t("operations:question.failed")} retry={() => void preview.refetch()} />
      ) : count === 0 ? (
        <Empty title={t("operations:question.nothing")} />
      ) : (
        <Impact preview={preview.data} effect={words.effect} />
      )}
      {count > 1 && (
        <RolloutFields
          rollout={rollout}
          problems={"problems" in read ? read.problems : {}}
          canWait={operationVerb(wish.verb).canWaitRunning}
          onChange={setRollout}
        />
      )}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={no}>
          {t("operations:question.cancel")}
        </Button>
        <Button
          ref={confirm}
          type="submit"
          color={wish.verb === "stop" || wish.signal === "KILL" ? "red" : "indigo"}
          disabled={!ready || plan === null}
        >
          {wish.verb === "signal" ? t("operations:signal.send", { signal: wish.signal ?? "" }) : words.name}
          {count > 1 ? ` ${formatCount(count)}` : ""}
        </Button>
      </Group>
    </form>
  );
}

/** Names shown before "and N more". */
const MOST_NAMES = 200;

function Impact({ preview, effect }: { readonly preview: Preview; readonly effect: string }) {
  const { impact, named } = preview;
  const batches = batchWords(impact);
  return (
    <>
      <p className={classes.effect}>{effect}</p>
      {impact.targets > 1 && (
        <>
          <p className={`${classes.where} any-break`}>
            {t("operations:question.where", { where: impactWords(impact) })}
            {batches !== "" && <strong>, {batches}</strong>}
          </p>
          <ul
            className={`plain-list mono ${classes.names}`}
            aria-label={t("operations:question.processes")}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard
            tabIndex={0}
          >
            {previewBatches(named, impact).flatMap(({ number, targets: names, more }) => [
              ...(batches === ""
                ? []
                : [
                    <li key={`batch ${number}`} className={classes.batch}>
                      {t("operations:question.batch", { number })}
                    </li>,
                  ]),
              ...names.map((name) => (
                <li key={name} className="any-break">
                  {name}
                </li>
              )),
              ...(more > 0 && batches !== ""
                ? [<li key={`more ${number}`}>{t("operations:question.moreInBatch", { n: formatCount(more) })}</li>]
                : []),
            ])}
            {impact.targets > named.length && (
              <li>{t("operations:question.more", { n: formatCount(impact.targets - named.length) })}</li>
            )}
          </ul>
        </>
      )}
    </>
  );
}
