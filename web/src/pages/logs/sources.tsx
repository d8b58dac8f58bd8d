// The logs that are followed: each in its colour, hidden and shown by a click, and the way to the page of its process.
import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { Link } from "react-router";
import { t } from "../../i18n/i18n.js";
import { links } from "../../model/links.js";
import type { MergedSource } from "../../model/log-merge.js";
import classes from "./sources.module.css";

interface SourcesProps {
  readonly sources: readonly MergedSource[];
  readonly hidden: ReadonlySet<number>;
  /** Why some are not followed, by their place. */
  readonly away: ReadonlyMap<number, string>;
  readonly onHidden: (hidden: ReadonlySet<number>) => void;
}

export function Sources({ sources, hidden, away, onHidden }: SourcesProps) {
  const toggled = (at: number) => {
    const next = new Set(hidden);
    if (!next.delete(at)) next.add(at);
    return next;
  };
  return (
    <div className={classes.box}>
      <p className={classes.count}>{t("logs:page.followed", { count: sources.length })}</p>
      <ul className={`plain-list ${classes.list}`} aria-label={t("logs:page.sources")}>
        {sources.map(({ label, target, href, colour }, at) => {
          const isHidden = hidden.has(at);
          const reason = away.get(at);
          return (
            <li key={label} className={classes.source} data-hidden={isHidden || undefined}>
              <button
                type="button"
                className={classes.toggle}
                aria-pressed={!isHidden}
                aria-label={isHidden ? t("logs:page.show", { log: label }) : t("logs:page.hide", { log: label })}
                title={reason}
                onClick={() => onHidden(toggled(at))}
              >
                <span
                  className={classes.dot}
                  style={{ background: isHidden ? "transparent" : colour, borderColor: colour }}
                />
                <span className={classes.name}>{label}</span>
                {reason !== undefined && <span className={classes.away}>{t("logs:page.away")}</span>}
              </button>
              <Menu position="bottom-end" withinPortal>
                <Menu.Target>
                  <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t("logs:page.about", { log: label })}>
                    <IconDots size={14} />
                  </ActionIcon>
                </Menu.Target>
                <Menu.Dropdown>
                  <Menu.Item onClick={() => onHidden(new Set([...sources.keys()].filter((each) => each !== at)))}>
                    {t("logs:page.hideOthers", { log: label })}
                  </Menu.Item>
                  <Menu.Item component={Link} to={links.process(href)}>
                    {t("logs:page.open", { target })}
                  </Menu.Item>
                </Menu.Dropdown>
              </Menu>
            </li>
          );
        })}
        {hidden.size > 0 && (
          <li>
            <Button variant="subtle" size="compact-xs" onClick={() => onHidden(new Set())}>
              {t("logs:page.showAll")}
            </Button>
          </li>
        )}
      </ul>
    </div>
  );
}
