// Views that were saved in this browser under names: taken up, saved, replaced and removed.
import { ActionIcon, Button, Popover, TextInput } from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { t } from "../../i18n/i18n.js";
import { readStored, writeStored } from "../../lib/stored.js";
import {
  formatViews,
  isSameView,
  LONGEST_NAME,
  parseViews,
  type SavedView,
  withoutView,
  withView,
} from "../../model/saved-views.js";
import classes from "./views-menu.module.css";

const STORED = "fleetvisor-process-views";

interface ViewsMenuProps {
  /** Of the view of now, without the `?`. */
  readonly query: string;
  /** The address of a view. */
  readonly addressOf: (query: string) => string;
}

export function ViewsMenu({ query, addressOf }: ViewsMenuProps) {
  const [opened, setOpened] = useState(false);
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" withinPortal trapFocus returnFocus width={320}>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconBookmark size={15} />}
          title={t("processes:views.tip")}
          onClick={() => setOpened(!opened)}
        >
          {t("processes:views.title")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={classes.box ?? ""} aria-label={t("processes:views.tip")}>
        <Views query={query} addressOf={addressOf} onChosen={() => setOpened(false)} />
      </Popover.Dropdown>
    </Popover>
  );
}

/** Drawn when it is opened, so that it shows what another tab has saved meanwhile. */
function Views({ query, addressOf, onChosen }: ViewsMenuProps & { readonly onChosen: () => void }) {
  const [views, setViews] = useState(() => parseViews(readStored(STORED)));
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const wanted = name.trim();
  function keep(next: readonly SavedView[] | null) {
    if (next === null) return setProblem(t("processes:views.full"));
    if (!writeStored(STORED, formatViews(next))) return setProblem(t("processes:views.notKept"));
    setViews(next);
    setName("");
    setProblem(null);
  }
  return (
    <>
      {views.length === 0 ? (
        <p className={`dim ${classes.none}`}>{t("processes:views.none")}</p>
      ) : (
        <ul className={`plain-list ${classes.views}`} aria-label={t("processes:views.tip")}>
          {views.map((view) => (
            <li key={view.name} className={classes.view}>
              <Link
                to={addressOf(view.query)}
                className="any-break"
                aria-current={isSameView(view.query, query) || undefined}
                onClick={onChosen}
              >
                {view.name}
              </Link>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="sm"
                aria-label={t("processes:views.remove", { name: view.name })}
                onClick={() => keep(withoutView(views, view.name))}
              >
                <IconTrash size={15} />
              </ActionIcon>
            </li>
          ))}
        </ul>
      )}
      <form
        className={classes.save}
        onSubmit={(event) => {
          event.preventDefault();
          if (wanted !== "") keep(withView(views, { name: wanted, query }));
        }}
      >
        <TextInput
          data-autofocus
          size="xs"
          className={classes.name ?? ""}
          aria-label={t("processes:views.name")}
          placeholder={t("processes:views.name")}
          maxLength={LONGEST_NAME}
          value={name}
          error={problem}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" size="xs" disabled={wanted === ""}>
          {t(views.some((view) => view.name === wanted) ? "processes:views.replace" : "processes:views.save")}
        </Button>
      </form>
      <p className={`dim ${classes.where}`}>{t("processes:views.saved")}</p>
    </>
  );
}
