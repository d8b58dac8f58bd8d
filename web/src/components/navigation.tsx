// Links to the pages in the head; those without room are in a menu.
import { ActionIcon, Menu } from "@mantine/core";
import { IconMenu2 } from "@tabler/icons-react";
import { NavLink, useLocation } from "react-router";
import { t } from "../i18n/i18n.js";
import { PLACES } from "../model/navigation.js";
import classes from "./navigation.module.css";

export function Navigation() {
  const { pathname } = useLocation();
  const here = PLACES.find(({ to }) => (to === "/" ? pathname === to : pathname.startsWith(to)));
  return (
    <nav className={classes.nav} aria-label={t("shell:pages")}>
      {PLACES.map(({ to, word, rank }) => (
        <NavLink key={to} to={to} end={to === "/"} className={() => classes.link} data-rank={rank} data-word={word}>
          {word}
        </NavLink>
      ))}
      <div className={classes.more} data-rank={here?.rank}>
        <Menu position="bottom-start" withinPortal>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("shell:morePages")}>
              <IconMenu2 size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {PLACES.filter(({ rank }) => rank > 1).map(({ to, word }) => (
              <Menu.Item key={to} component={NavLink} to={to} className={classes.item ?? ""}>
                {word}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </div>
    </nav>
  );
}
