// The keys, told on `?`.
import { Kbd, Modal } from "@mantine/core";
import { t } from "../../i18n/i18n.js";
import { PLACES } from "../../model/navigation.js";
import classes from "./keyboard.module.css";

const allKeys = (): readonly { readonly keys: readonly string[]; readonly does: string }[] => [
  { keys: ["Ctrl", "K"], does: t("keyboard:find") },
  { keys: ["/"], does: t("keyboard:search") },
  { keys: ["?"], does: t("keyboard:help") },
  ...PLACES.map(({ letter, word }) => ({ keys: ["g", letter], does: t("keyboard:goTo", { place: word }) })),
  { keys: ["←", "→", "↑", "↓"], does: t("keyboard:strip") },
  { keys: ["j", "k"], does: t("keyboard:rows") },
  { keys: ["x"], does: t("keyboard:pick") },
  { keys: ["Esc"], does: t("keyboard:close") },
];

export function KeyHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t("keyboard:title")}
      closeButtonProps={{ "aria-label": t("close") }}
      centered
    >
      <dl className={classes.keys}>
        {allKeys().map(({ keys, does }) => (
          <div key={does} className={classes.key}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key} size="sm">
                  {key}
                </Kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
