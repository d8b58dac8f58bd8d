// The command palette: type a piece of a name, choose with the arrows, go there with Enter.
import { Combobox, Modal, TextInput, useCombobox } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useNavigate } from "react-router";
import { useFound, useInstances } from "../../api/queries.js";
import { t } from "../../i18n/i18n.js";
import { PLACES } from "../../model/navigation.js";
import { buildCommands, nameSelector } from "../../model/palette.js";
import classes from "./keyboard.module.css";

interface PaletteProps {
  readonly opened: boolean;
  /** What was typed since it was asked for and before its field could take it. */
  readonly early: string;
  readonly onClose: () => void;
}

export function Palette({ opened, early, onClose }: PaletteProps) {
  return (
    <Modal opened={opened} onClose={onClose} withCloseButton={false} size="lg" yOffset="12vh">
      <Modal.Title className="sr-only">{t("keyboard:palette.title")}</Modal.Title>
      <Chooser early={early} onClose={onClose} />
    </Modal>
  );
}

function Chooser({ early, onClose }: Pick<PaletteProps, "early" | "onClose">) {
  const [text, setText] = useState(early);
  useEffect(() => setText(early), [early]);
  const navigate = useNavigate();
  const combobox = useCombobox({
    opened: true,
    // Escape: the list takes it before the dialog around it could.
    onDropdownClose: onClose,
  });
  const instances = useInstances();
  const processes = useFound(nameSelector(useDeferredValue(text)));
  const commands = useMemo(
    () => buildCommands(text, PLACES, instances.data?.items ?? [], processes.data?.items ?? []),
    [text, instances.data, processes.data],
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is first changes with the text
  useEffect(() => {
    combobox.selectFirstOption();
  }, [commands]);
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(key) => {
        const chosen = commands.find((command) => command.key === key);
        onClose();
        if (chosen !== undefined) void navigate(chosen.to);
      }}
    >
      <Combobox.EventsTarget>
        <TextInput
          data-autofocus
          aria-label={t("keyboard:palette.label")}
          placeholder={t("keyboard:palette.placeholder")}
          leftSection={<IconSearch size={17} />}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
        />
      </Combobox.EventsTarget>
      <Combobox.Options className={classes.options} aria-label={t("keyboard:palette.options")}>
        {commands.map(({ key, word, more }) => (
          <Combobox.Option key={key} value={key} className={classes.option}>
            <strong className="any-break">{word}</strong>
            <span className={classes.more}>{more}</span>
          </Combobox.Option>
        ))}
      </Combobox.Options>
    </Combobox>
  );
}
