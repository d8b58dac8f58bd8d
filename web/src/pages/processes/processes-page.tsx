// Every process of the fleet: selector box, state chips, table. The URL is the view.
import { Button, Kbd } from "@mantine/core";
import { IconFilterOff, IconSearch, IconServerOff } from "@tabler/icons-react";
import { Link, useSearchParams } from "react-router";
import { useFleet } from "../../api/queries.js";
import { ProcessList } from "../../components/process-list.js";
import { StateChips } from "../../components/state-chips.js";
import { TypedInput } from "../../components/typed-input.js";
import { Empty } from "../../components/words.js";
import { usePageTitle } from "../../lib/page-title.js";
import { links, type ProcessView, parseProcessView, processViewParams } from "../../model/links.js";
import { buildChips, namesState, toggleState } from "../../model/processes.js";
import { asInstances } from "../../model/selector.js";
import classes from "./processes-page.module.css";

export function ProcessesPage() {
  usePageTitle("Processes");
  const [params, setParams] = useSearchParams();
  const view = parseProcessView(params);
  const fleet = useFleet();
  const hosts = asInstances(view.selector);
  const show = (part: Partial<ProcessView>, replace = false) =>
    setParams(processViewParams({ ...view, ...part }), { replace });
  return (
    <div className={classes.page}>
      <h1 className="sr-only">Processes</h1>
      <ProcessList
        label="Processes"
        view={view}
        onSort={(sort) => show({ sort })}
        withInstance
        tools={
          <StateChips
            chips={buildChips(view, fleet.data?.counts ?? null)}
            disabled={namesState(view.selector)}
            onToggle={(state) => show({ states: toggleState(view.states, state) })}
          />
        }
        empty={
          view.selector === "" && view.states.length === 0 ? (
            <Empty icon={IconServerOff} title="No processes yet">
              They appear as soon as a host has joined. <Link to={links.home()}>Add one</Link>
            </Empty>
          ) : (
            <Empty icon={IconFilterOff} title="No process matches">
              <p>Nothing in the fleet fits this selector and these states.</p>
              {hosts !== null && (
                <p>
                  A name alone is a process. For hosts of this name:{" "}
                  <Link to={links.processes({ ...view, selector: hosts })} className="mono">
                    {hosts}
                  </Link>
                </p>
              )}
              <Button variant="default" size="xs" onClick={() => show({ selector: "", states: [] })}>
                Show every process
              </Button>
            </Empty>
          )
        }
      >
        {(problem) => (
          <SelectorBox selector={view.selector} problem={problem} onSelector={(selector) => show({ selector }, true)} />
        )}
      </ProcessList>
    </div>
  );
}

interface SelectorBoxProps {
  readonly selector: string;
  readonly problem: string | null;
  readonly onSelector: (selector: string) => void;
}

function SelectorBox({ selector, problem, onSelector }: SelectorBoxProps) {
  return (
    <search>
      <TypedInput
        label="Selector"
        placeholder="Selector: web-*/api:*  role=web/worker:*  state=FATAL"
        icon={<IconSearch size={17} />}
        hint={<Kbd size="xs">/</Kbd>}
        value={selector}
        error={problem}
        onValue={onSelector}
      />
    </search>
  );
}
