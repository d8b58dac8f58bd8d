// The field in which a selector is typed, with suggestions of what fits: arrows choose, Enter takes, Escape closes.
import { Combobox, TextInput, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { useNames } from "../api/names.js";
import { useInstances } from "../api/queries.js";
import { t } from "../i18n/i18n.js";
import { useTyped } from "../lib/typed.js";
import { applied, isWhole, itemAt, leadsOn, lookupOf, type Suggestion, suggest } from "../model/suggest.js";
import classes from "./selector-box.module.css";

/** Pause in typing after which the controller is asked for names. */
const ASK_MS = 150;

interface SelectorBoxProps {
  readonly placeholder: string;
  readonly value: string;
  readonly onValue: (selector: string) => void;
  /** What the controller says of a selector that it cannot read. */
  readonly error: string | null;
  readonly hint?: ReactNode;
  readonly className?: string | undefined;
}

export function SelectorBox({ placeholder, value, onValue, error, hint, className }: SelectorBoxProps) {
  const { text, type, send } = useTyped(value, onValue, isWhole);
  const [caret, setCaret] = useState(value.length);
  const field = useRef<HTMLInputElement>(null);
  /** Where the caret is to stand once the text is drawn. */
  const wanted = useRef<number | null>(null);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const item = itemAt(text, Math.min(caret, text.length));
  const [lookup] = useDebouncedValue(lookupOf(item), ASK_MS);
  const instances = useInstances().data?.items;
  const processes = useNames(combobox.dropdownOpened ? lookup : null);
  const { typed, part, scope, from, to } = item;
  const suggestions = useMemo(
    () => suggest({ typed, part, scope, from, to }, { instances: instances ?? [], processes }),
    [typed, part, scope, from, to, instances, processes],
  );
  useLayoutEffect(() => {
    if (wanted.current === null) return;
    field.current?.setSelectionRange(wanted.current, wanted.current);
    wanted.current = null;
  });
  const listed = suggestions.map(({ text: word }) => word).join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: in another list, what was marked may be something else
  useEffect(() => {
    combobox.resetSelectedOption();
  }, [listed]);
  function take(suggestion: Suggestion) {
    const next = applied(text, item, suggestion);
    type(next.text);
    setCaret(next.caret);
    wanted.current = next.caret;
    field.current?.focus();
    combobox.resetSelectedOption();
    if (leadsOn(suggestion)) return;
    combobox.closeDropdown();
    send(next.text);
  }
  return (
    <Combobox
      store={combobox}
      withinPortal
      onOptionSubmit={(chosen) => {
        const suggestion = suggestions.find(({ kind, text: word }) => `${kind} ${word}` === chosen);
        if (suggestion !== undefined) take(suggestion);
      }}
    >
      <Combobox.Target withExpandedAttribute>
        <TextInput
          ref={field}
          className={className ?? ""}
          aria-label={t("processes:selector")}
          aria-autocomplete="list"
          placeholder={placeholder}
          leftSection={<IconSearch size={17} />}
          rightSection={hint}
          value={text}
          error={error}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={({ currentTarget }) => {
            type(currentTarget.value);
            setCaret(currentTarget.selectionStart ?? currentTarget.value.length);
            combobox.openDropdown();
            combobox.resetSelectedOption();
          }}
          onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart ?? currentTarget.value.length)}
          onClick={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || combobox.getSelectedOptionIndex() >= 0) return;
            combobox.closeDropdown();
            send(text);
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={suggestions.length === 0} className={classes.dropdown ?? ""}>
        <Combobox.Options aria-label={t("processes:suggestions")} className={classes.options ?? ""}>
          {suggestions.map(({ kind, key, text: word }) => (
            <Combobox.Option key={`${kind} ${word}`} value={`${kind} ${word}`} className={classes.option ?? ""}>
              <span className="mono any-break">{word}</span>
              <span className={classes.kind}>{t(`processes:kinds.${kind}`, { key: key ?? "" })}</span>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
