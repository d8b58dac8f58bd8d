// Asking for operations: at once, or after a question that names what would be touched, as the controller resolves it.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Modal } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { operate } from "../api/actions.js";
import { t } from "../i18n/i18n.js";
import type { Verb } from "../model/actions.js";
import type { Plan } from "../model/rollout.js";
import classes from "./act.module.css";
import { Question } from "./act-question.js";
import { useNotices } from "./notices.js";

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
    (wish: Wish, plan: Plan = {}) => {
      operate({ ...wish, ...plan }).then(notices.operation, (error: unknown) =>
        notices.problem(t(`operations:verbs.${wish.verb}.couldNot`), FleetError.from(error).message),
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
            yes={(plan) => {
              now(asked.wish, plan);
              asked.after?.();
              setOpen(false);
            }}
          />
        )}
      </Modal>
    </ActContext>
  );
}
