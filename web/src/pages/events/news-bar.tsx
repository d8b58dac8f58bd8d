// How many new events wait above the rows, and the button that takes them in. It lies over the rows, which it does not move.
import { Button } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { t } from "../../i18n/i18n.js";
import { formatCount } from "../../lib/format.js";
import type { News } from "../../model/fresh-events.js";
import classes from "./events-page.module.css";

interface NewsBarProps {
  readonly news: News;
  readonly onTake: () => void;
}

export function NewsBar({ news: { count, orMore }, onTake }: NewsBarProps) {
  return (
    <div className={classes.news} role="status">
      {count > 0 && (
        <Button
          className={classes.take ?? ""}
          size="xs"
          radius="xl"
          leftSection={<IconArrowUp size={14} />}
          onClick={onTake}
        >
          {orMore ? t("events:newMany", { n: formatCount(count) }) : t("events:new", { count })}
        </Button>
      )}
    </div>
  );
}
