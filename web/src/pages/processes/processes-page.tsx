// Every process of the fleet: selector box, state chips, table. The URL is the view.
import { Button, Kbd, TextInput } from "@mantine/core";
import { useHotkeys } from "@mantine/hooks";
import { IconFilterOff, IconSearch, IconServerOff } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useFleet } from "../../api/queries.js";
import { ProcessList } from "../../components/process-list.js";
import { StateChips } from "../../components/state-chips.js";
import { Empty } from "../../components/words.js";
import { usePageTitle } from "../../lib/page-title.js";
import { links, type ProcessView, parseProcessView, processViewParams } from "../../model/links.js";
import { buildChips, namesState, toggleState } from "../../model/processes.js";
import { asInstances } from "../../model/selector.js";
import classes from "./processes-page.module.css";

/** Pause in typing after which the table follows. */
const TYPING_MS = 350;

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
  const [text, setText] = useState(selector);
  const [seen, setSeen] = useState(selector);
  const sent = useRef(selector);
  const input = useRef<HTMLInputElement>(null);
  useHotkeys([["/", () => input.current?.focus()]]);
  if (selector !== seen) {
    setSeen(selector);
    // The URL changed by something else than this box (back button, a link): the box follows.
    if (selector !== sent.current) setText(selector);
  }
  const tell = useRef(onSelector);
  tell.current = onSelector;
  const send = (typed: string) => {
    sent.current = typed.trim();
    tell.current(typed.trim());
  };
  useEffect(() => {
    if (text.trim() === selector) return;
    const timer = setTimeout(send, TYPING_MS, text);
    return () => clearTimeout(timer);
  });
  return (
    <search>
      <TextInput
        ref={input}
        aria-label="Selector"
        placeholder="Selector: web-*/api:*  role=web/worker:*  state=FATAL"
        leftSection={<IconSearch size={17} />}
        rightSection={<Kbd size="xs">/</Kbd>}
        value={text}
        error={problem}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter") send(text);
        }}
      />
    </search>
  );
}
