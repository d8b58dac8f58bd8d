// Buttons for one process: start at once; stop, restart and signals after a question. What its state forbids is greyed, what no
// grant allows is not there.
import type { Process } from "@fleetvisor/proto/api/v1";
import { ActionIcon, Button, Menu, Tooltip } from "@mantine/core";
import {
  IconBolt,
  IconChevronDown,
  IconPlayerPlay,
  IconPlayerStop,
  IconRefresh,
  type TablerIcon,
} from "@tabler/icons-react";
import { allows, askWords, type ProcessVerb, SIGNALS, signalUse, verbWords } from "../model/actions.js";
import { mayDo } from "../model/may.js";
import { processSelector } from "../model/selector.js";
import { useAct } from "./act.js";
import classes from "./process-actions.module.css";
import { useSession } from "./session.js";

const ICONS: Readonly<Record<ProcessVerb, TablerIcon>> = {
  start: IconPlayerPlay,
  stop: IconPlayerStop,
  restart: IconRefresh,
  signal: IconBolt,
};

const ROW_VERBS: readonly ProcessVerb[] = ["start", "restart", "stop"];

function useVerb(process: Process): (verb: ProcessVerb, signal?: string) => void {
  const act = useAct();
  return (verb, signal) => {
    const wish = { verb, selector: processSelector(process), ...(signal === undefined ? {} : { signal }) };
    if (verb === "start") act.now(wish);
    else act.ask(wish);
  };
}

/** The verbs of a row, each always in its place so that the hand finds it; what cannot be done now is greyed. */
export function RowActions({ process }: { readonly process: Process }) {
  const perform = useVerb(process);
  const session = useSession();
  return (
    <div className={classes.row}>
      {ROW_VERBS.filter((verb) => mayDo(process, session, verb)).map((verb) => {
        const Icon = ICONS[verb];
        const possible = allows(verb, process.state) && process.liveness !== "lost";
        return (
          <Tooltip key={verb} label={verbWords(verb).name} openDelay={400}>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="md"
              disabled={!possible}
              aria-label={askWords(verb, null, process.target)}
              onClick={() => perform(verb)}
            >
              <Icon size={17} stroke={1.8} />
            </ActionIcon>
          </Tooltip>
        );
      })}
    </div>
  );
}

/** The same with words, and the signals, for the page of one process. */
export function ProcessActions({ process }: { readonly process: Process }) {
  const perform = useVerb(process);
  const session = useSession();
  const reachable = process.liveness !== "lost";
  const button = (verb: ProcessVerb, variant: "filled" | "default") => {
    const Icon = ICONS[verb];
    if (!mayDo(process, session, verb)) return null;
    return (
      <Button
        variant={variant}
        size="sm"
        leftSection={<Icon size={16} />}
        disabled={!allows(verb, process.state) || !reachable}
        onClick={() => perform(verb)}
      >
        {verbWords(verb).name}
      </Button>
    );
  };
  const down = allows("start", process.state);
  return (
    <div className={classes.page}>
      {down ? button("start", "filled") : button("restart", "filled")}
      {down ? button("restart", "default") : button("stop", "default")}
      {mayDo(process, session, "signal") && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button
              variant="default"
              size="sm"
              leftSection={<IconBolt size={16} />}
              rightSection={<IconChevronDown size={14} />}
              disabled={!allows("signal", process.state) || !reachable}
            >
              {verbWords("signal").name}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {SIGNALS.map((name) => (
              <Menu.Item
                key={name}
                onClick={() => perform("signal", name)}
                {...(name === "KILL" ? { color: "red" } : {})}
              >
                <span className={classes.signal}>{name}</span>
                <span className={classes.use}>{signalUse(name)}</span>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
