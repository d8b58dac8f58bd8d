// The search of a log: what is looked for and how, how many lines have it, the one before and after, and only those that do.
import { ActionIcon, TextInput, Tooltip } from "@mantine/core";
import {
  IconChevronDown,
  IconChevronUp,
  IconFilter,
  IconLetterCase,
  IconRegex,
  IconSearch,
  type TablerIcon,
} from "@tabler/icons-react";
import type { KeyboardEvent } from "react";
import { t } from "../../i18n/i18n.js";
import type { Wanted } from "../../model/line-match.js";
import classes from "./log-viewer.module.css";

interface SearchBarProps {
  readonly wanted: Wanted;
  readonly onWanted: (part: Partial<Wanted>) => void;
  readonly only: boolean;
  readonly onOnly: (only: boolean) => void;
  readonly problem: string | null;
  readonly count: number;
  /** Place of the hit that is shown among them, from 0; -1 for none. */
  readonly current: number;
  readonly step: (by: 1 | -1) => void;
}

export function SearchBar({ wanted, onWanted, only, onOnly, problem, count, current, step }: SearchBarProps) {
  const { text, isPattern, matchCase } = wanted;
  function onKey(event: KeyboardEvent) {
    if (event.key === "Enter") step(event.shiftKey ? 1 : -1);
    if (event.key === "Escape") onWanted({ text: "" });
  }
  return (
    <search className={classes.search}>
      <TextInput
        className={classes.field ?? ""}
        size="xs"
        aria-label={t("logs:search.label")}
        placeholder={t("logs:search.placeholder")}
        leftSection={<IconSearch size={15} />}
        rightSectionWidth={54}
        rightSection={
          <span className={classes.ways}>
            <Way
              icon={IconLetterCase}
              word="matchCase"
              on={matchCase}
              onToggle={() => onWanted({ matchCase: !matchCase })}
            />
            <Way icon={IconRegex} word="pattern" on={isPattern} onToggle={() => onWanted({ isPattern: !isPattern })} />
          </span>
        }
        value={text}
        error={problem}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        onChange={(event) => onWanted({ text: event.currentTarget.value })}
        onKeyDown={onKey}
      />
      <span className={`${classes.hits} num dim`} role="status" data-none={text === "" || undefined}>
        {text !== "" &&
          problem === null &&
          (current < 0 ? t("logs:lineCount", { count }) : t("logs:search.place", { at: current + 1, count }))}
      </span>
      {text !== "" && (
        <>
          <Way icon={IconFilter} word="only" on={only} size="md" onToggle={() => onOnly(!only)} />
          <Step icon={IconChevronUp} word="earlier" disabled={count === 0} onClick={() => step(-1)} />
          <Step icon={IconChevronDown} word="later" disabled={count === 0} onClick={() => step(1)} />
        </>
      )}
    </search>
  );
}

interface WayProps {
  readonly icon: TablerIcon;
  readonly word: "matchCase" | "pattern" | "only";
  readonly on: boolean;
  readonly size?: "sm" | "md";
  readonly onToggle: () => void;
}

function Way({ icon: Icon, word, on, size = "sm", onToggle }: WayProps) {
  const label = t(`logs:search.${word}`);
  return (
    <Tooltip label={label} openDelay={400}>
      <ActionIcon
        size={size}
        variant={on ? "light" : "subtle"}
        color={on ? "indigo" : "gray"}
        aria-label={label}
        aria-pressed={on}
        onClick={onToggle}
      >
        <Icon size={15} />
      </ActionIcon>
    </Tooltip>
  );
}

interface StepProps {
  readonly icon: TablerIcon;
  readonly word: "earlier" | "later";
  readonly disabled: boolean;
  readonly onClick: () => void;
}

function Step({ icon: Icon, word, disabled, onClick }: StepProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      aria-label={t(`logs:search.${word}`)}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon size={16} />
    </ActionIcon>
  );
}
