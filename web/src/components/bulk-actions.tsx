// Acting on many processes: on the picked rows when there are some, else on all that match.
import type { Process } from "@fleetvisor/proto/api/v1";
import { Button, Menu } from "@mantine/core";
import { IconChevronDown, IconPlayerPlay, IconPlayerStop, IconRefresh } from "@tabler/icons-react";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import { type Verb, verbWords } from "../model/actions.js";
import { mayAnywhere, mayDo } from "../model/may.js";
import { pickedSelector, SELECTOR_LIMIT } from "../model/processes.js";
import { useAct } from "./act.js";
import classes from "./bulk-actions.module.css";
import { useSession } from "./session.js";

const VERBS = [
  { verb: "start", Icon: IconPlayerPlay },
  { verb: "restart", Icon: IconRefresh },
  { verb: "stop", Icon: IconPlayerStop },
] as const;

interface BulkActionsProps {
  /** Of the loaded rows. */
  readonly picked: readonly Process[];
  /** All that match are picked, loaded or not. */
  readonly allPicked: boolean;
  /** All loaded rows are picked, and there are more. */
  readonly canPickAll: boolean;
  readonly total: number;
  /** Selector of all that match, for a verb. */
  readonly selectorOfAll: (verb: Verb) => string;
  readonly pickAll: () => void;
  readonly clear: () => void;
}

export function BulkActions(props: BulkActionsProps) {
  const { picked, allPicked, canPickAll, total, selectorOfAll, pickAll, clear } = props;
  const act = useAct();
  const session = useSession();
  const verbs = VERBS.filter(({ verb }) => mayAnywhere(session, verb));
  if (picked.length === 0 && !allPicked) {
    return (
      <div className={classes.bar}>
        <span className="dim num" role="status">
          {t("process", { count: total })}
        </span>
        {verbs.length > 0 && <ActOnAll verbs={verbs} disabled={total === 0} selectorOfAll={selectorOfAll} />}
      </div>
    );
  }
  return (
    <div className={classes.bar}>
      <strong className="num" role="status">
        {allPicked
          ? t("processes:pickedAll", { n: formatCount(total) })
          : t("operations:bulk.picked", { n: formatCount(picked.length) })}
      </strong>
      {canPickAll && !allPicked && (
        <Button variant="subtle" size="xs" onClick={pickAll}>
          {t("processes:pickAllThatMatch", { n: formatCount(total) })}
        </Button>
      )}
      <div className={classes.verbs}>
        {verbs.map(({ verb, Icon }) => {
          const fit = picked.filter((process) => mayDo(process, session, verb));
          const selector = allPicked ? selectorOfAll(verb) : pickedSelector(fit, verb);
          const tooLong = selector !== null && selector.length > SELECTOR_LIMIT;
          return (
            <Button
              key={verb}
              variant="default"
              size="xs"
              leftSection={<Icon size={15} />}
              disabled={selector === null || tooLong}
              title={tooLong ? t("operations:bulk.tooLong") : undefined}
              onClick={() => selector !== null && act.ask({ verb, selector }, clear)}
            >
              {verbWords(verb).name}
            </Button>
          );
        })}
      </div>
      <Button variant="subtle" color="gray" size="xs" onClick={clear}>
        {t("operations:bulk.clear")}
      </Button>
    </div>
  );
}

interface ActOnAllProps extends Pick<BulkActionsProps, "selectorOfAll"> {
  readonly verbs: readonly (typeof VERBS)[number][];
  readonly disabled: boolean;
}

function ActOnAll({ verbs, disabled, selectorOfAll }: ActOnAllProps) {
  const act = useAct();
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default" size="xs" rightSection={<IconChevronDown size={14} />} disabled={disabled}>
          {t("operations:bulk.all")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {verbs.map(({ verb, Icon }) => (
          <Menu.Item
            key={verb}
            leftSection={<Icon size={16} />}
            onClick={() => act.ask({ verb, selector: selectorOfAll(verb) })}
          >
            {t(`operations:verbs.${verb}.all`)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
