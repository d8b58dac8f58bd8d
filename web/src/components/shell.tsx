// The frame of every page behind the login: navigation, live mark, colour scheme, account; notices and questions.
import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconKey, IconLogout, IconMoon, IconSearch, IconSun, IconUser } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { logout } from "../api/actions.js";
import { links } from "../model/links.js";
import { ActProvider } from "./act.js";
import { AlarmBanner } from "./alarm-banner.js";
import { Keyboard } from "./keyboard/keyboard.js";
import { LinkBanner } from "./link-banner.js";
import { LiveMark } from "./live-mark.js";
import { Navigation } from "./navigation.js";
import { NoticesProvider } from "./notices.js";
import { PageBoundary } from "./page-boundary.js";
import { PasswordPrompt } from "./password-prompt.js";
import { useSession } from "./session.js";
import classes from "./shell.module.css";

export function Shell() {
  const [asksPassword, setAsksPassword] = useState(false);
  const [palette, setPalette] = useState(false);
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const arrived = useRef(pathname);
  useEffect(() => {
    // A new page is announced and read from its top; the first one is where the browser put us.
    if (arrived.current === pathname) return;
    arrived.current = pathname;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <NoticesProvider>
      <ActProvider>
        <a className="skip-link" href="#main">
          Skip to content
        </a>
        <header className={classes.header}>
          <Link to={links.home()} className={classes.brand} aria-label="fleetvisor, to the fleet overview">
            <img src="/favicon.svg" alt="" width={24} height={24} />
            <span className={classes.name}>fleetvisor</span>
          </Link>
          <Navigation />
          <div className={classes.tools}>
            <LiveMark />
            <Tooltip label="Find anything (Ctrl K)">
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label="Find a page, host or process"
                onClick={() => setPalette(true)}
              >
                <IconSearch size={18} />
              </ActionIcon>
            </Tooltip>
            <SchemeButton />
            <AccountMenu askPassword={() => setAsksPassword(true)} />
          </div>
        </header>
        <Keyboard palette={palette} onPalette={setPalette} />
        <main id="main" ref={main} tabIndex={-1} className={classes.main}>
          <LinkBanner />
          <AlarmBanner />
          <PasswordPrompt asked={asksPassword} done={() => setAsksPassword(false)} />
          <PageBoundary key={pathname}>
            <Outlet />
          </PageBoundary>
        </main>
      </ActProvider>
    </NoticesProvider>
  );
}

function SchemeButton() {
  // Without `keepTransitions` the kit would insert a style element, which the content security policy refuses.
  const { setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });
  const other = scheme === "dark" ? "light" : "dark";
  return (
    <Tooltip label={`Use ${other} colours`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={`Use ${other} colours`}
        onClick={() => setColorScheme(other)}
      >
        {scheme === "dark" ? <IconSun size={18} /> : <IconMoon size={18} />}
      </ActionIcon>
    </Tooltip>
  );
}

function AccountMenu({ askPassword }: { readonly askPassword: () => void }) {
  const session = useSession();
  async function leave() {
    await logout().catch(() => undefined);
    // A fresh load drops whatever this person has seen from memory.
    window.location.assign("/login");
  }
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account of ${session.user}`}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user}, {session.role}
        </Menu.Label>
        <Menu.Item leftSection={<IconKey size={16} />} onClick={askPassword}>
          {session.passwordSet ? "Change password" : "Choose a password"}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          Log out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
