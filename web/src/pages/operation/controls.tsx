// Pausing, resuming and aborting an operation, each after a question that says what it will touch.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button, Group } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconX, type TablerIcon } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { controlOperation } from "../../api/actions.js";
import { keys } from "../../api/keys.js";
import { Confirm } from "../../components/confirm.js";
import { useNotices } from "../../components/notices.js";
import { t } from "../../i18n/i18n.js";
import type { Control } from "../../model/operations.js";

const ICONS: Readonly<Record<Control["control"], TablerIcon>> = {
  pause: IconPlayerPause,
  resume: IconPlayerPlay,
  abort: IconX,
};

interface ControlsProps {
  readonly id: string;
  readonly title: string;
  readonly controls: readonly Control[];
}

export function Controls({ id, title, controls }: ControlsProps) {
  const client = useQueryClient();
  const notices = useNotices();
  const [asked, setAsked] = useState<Control["control"] | null>(null);
  const shown = controls.find(({ control }) => control === asked);
  async function perform(control: Control["control"]) {
    try {
      const answer = await controlOperation(id, control);
      if (answer.moreTargets === undefined) client.setQueryData(keys.operation(id), answer);
      else await client.invalidateQueries({ queryKey: keys.operation(id) });
    } catch (error) {
      notices.problem(t(`operations:control.${control}.failed`), FleetError.from(error).message);
    }
  }
  return (
    <Group gap="xs">
      {controls.map(({ control, word }) => {
        const Icon = ICONS[control];
        return (
          <Button
            key={control}
            variant="default"
            size="sm"
            {...(control === "abort" ? { c: "red" } : {})}
            leftSection={<Icon size={16} />}
            onClick={() => setAsked(control)}
          >
            {word}
          </Button>
        );
      })}
      <Confirm
        opened={shown !== undefined}
        title={t("operations:control.question", { word: shown?.word ?? "", title })}
        word={shown?.word ?? ""}
        dangerous={asked === "abort"}
        onClose={() => setAsked(null)}
        onConfirm={() => {
          if (shown !== undefined) void perform(shown.control);
        }}
      >
        {/* It may say something else a moment later: the operation goes on while one reads. */}
        <p>{shown?.effect}</p>
      </Confirm>
    </Group>
  );
}
