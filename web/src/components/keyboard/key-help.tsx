// The keys, told on `?`.
import { Kbd, Modal } from "@mantine/core";
import { PLACES } from "../../model/navigation.js";
import classes from "./keyboard.module.css";

const KEYS: readonly { readonly keys: readonly string[]; readonly does: string }[] = [
  { keys: ["Ctrl", "K"], does: "find a page, a host or a process by name" },
  { keys: ["/"], does: "search on this page, or go to the processes" },
  { keys: ["?"], does: "this help" },
  ...PLACES.map(({ letter, word }) => ({ keys: ["g", letter], does: `go to ${word}` })),
  { keys: ["Esc"], does: "close what is open" },
];

export function KeyHelp({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={opened} onClose={onClose} title="Keys" closeButtonProps={{ "aria-label": "Close" }} centered>
      <dl className={classes.keys}>
        {KEYS.map(({ keys, does }) => (
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
