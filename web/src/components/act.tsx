// Asking for operations: at once, or after a question that names what would be touched, as the controller resolves it.
import type { Operation } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button, Group, Modal } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useRef, useState } from "react";
import { operate } from "../api/actions.js";
import { formatCount } from "../lib/format.js";
import { askTitle, impactWords, VERB_WORDS, type Verb } from "../model/actions.js";
import classes from "./act.module.css";
import { useNotices } from "./notices.js";
import { Empty, Failed, Loading } from "./words.js";

export interface Wish {
  readonly verb: Verb;
  readonly selector: string;
  /** With verb signal. */
  readonly signal?: string;
}

interface Act {
  /** Does it without a question. */
  readonly now: (wish: Wish) => void;
  /** Asks first; `after` runs once the person has agreed. */
  readonly ask: (wish: Wish, after?: () => void) => void;
}

const ActContext = createContext<Act | null>(null);

export function useAct(): Act {
  const act = useContext(ActContext);
  if (act === null) throw new Error("useAct outside of its provider");
  return act;
}

export function ActProvider({ children }: { readonly children: ReactNode }) {
  const notices = useNotices();
  const [asked, setAsked] = useState<{ readonly wish: Wish; readonly after?: (() => void) | undefined } | null>(null);
  const [open, setOpen] = useState(false);
  const now = useCallback(
    (wish: Wish) => {
      operate(wish).then(notices.operation, (error: unknown) =>
        notices.problem(`Could not ${wish.verb}`, FleetError.from(error).message),
      );
    },
    [notices],
  );
  const act = useMemo<Act>(
    () => ({
      now,
      ask: (wish, after) => {
        setAsked({ wish, after });
        setOpen(true);
      },
    }),
    [now],
  );
  return (
    <ActContext value={act}>
      {children}
      {/* The wish stays while the dialog fades, so that its text does not vanish before it. */}
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        onExitTransitionEnd={() => setAsked(null)}
        withCloseButton={false}
        classNames={{ content: classes.content ?? "" }}
        size="lg"
        centered
      >
        {asked !== null && (
          <Question
            wish={asked.wish}
            no={() => setOpen(false)}
            yes={() => {
              now(asked.wish);
              asked.after?.();
              setOpen(false);
            }}
          />
        )}
      </Modal>
    </ActContext>
  );
}

interface QuestionProps {
  readonly wish: Wish;
  readonly yes: () => void;
  readonly no: () => void;
}

function Question({ wish, yes, no }: QuestionProps) {
  const plan = useQuery({
    queryKey: ["dry-run", wish],
    queryFn: () => operate({ ...wish, dryRun: true }),
    gcTime: 0,
    staleTime: 0,
  });
  const words = VERB_WORDS[wish.verb];
  const confirm = useRef<HTMLButtonElement>(null);
  const ready = (plan.data?.targets.length ?? 0) > 0;
  useEffect(() => {
    // Only now can it take the focus: while the targets were asked for it was disabled.
    if (ready) confirm.current?.focus();
  }, [ready]);
  const targets = plan.data?.targets ?? [];
  const title = plan.data === undefined ? `${words.name}…` : askTitle(wish.verb, wish.signal ?? null, names(targets));
  return (
    <div className={classes.question}>
      <Modal.Title className={`${classes.title} any-break`}>{title}</Modal.Title>
      {plan.isPending ? (
        <Loading rows={2} />
      ) : plan.isError ? (
        <Failed error={plan.error} what="This cannot be done" retry={() => void plan.refetch()} />
      ) : targets.length === 0 ? (
        <Empty title="No process matches any more" />
      ) : (
        <Impact targets={targets} effect={words.effect} />
      )}
      <Group justify="flex-end" gap="xs" mt="md">
        <Button variant="default" onClick={no}>
          Cancel
        </Button>
        <Button
          ref={confirm}
          color={wish.verb === "stop" || wish.signal === "KILL" ? "red" : "indigo"}
          disabled={!ready}
          onClick={yes}
        >
          {wish.verb === "signal" ? `Send ${wish.signal}` : words.name}
          {targets.length > 1 ? ` ${formatCount(targets.length)}` : ""}
        </Button>
      </Group>
    </div>
  );
}

/** Names shown before "and N more". */
const MOST_NAMES = 200;

function Impact({ targets, effect }: { readonly targets: Operation["targets"]; readonly effect: string }) {
  return (
    <>
      <p className={classes.effect}>{effect}</p>
      {targets.length > 1 && (
        <>
          <p className={`${classes.where} any-break`}>On {impactWords(targets)}</p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls must be reachable by keyboard */}
          <ul className={`plain-list mono ${classes.names}`} aria-label="Processes" tabIndex={0}>
            {names(targets.slice(0, MOST_NAMES)).map((name) => (
              <li key={name} className="any-break">
                {name}
              </li>
            ))}
            {targets.length > MOST_NAMES && <li>and {formatCount(targets.length - MOST_NAMES)} more</li>}
          </ul>
        </>
      )}
    </>
  );
}

function names(targets: Operation["targets"]): string[] {
  return targets.map((target) => target.target);
}
