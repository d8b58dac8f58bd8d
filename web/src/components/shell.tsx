// The frame of every page behind the login: navigation, live mark, colour scheme, account; notices and questions.
import { ActionIcon, Menu, Tooltip, useComputedColorScheme, useMantineColorScheme } from "@mantine/core";
import { IconCheck, IconKey, IconLogout, IconMoon, IconSearch, IconSun, IconUser } from "@tabler/icons-react";
import { useEffect, useRef, useState } from "react";
import { Link, Outlet, useLocation } from "react-router";
import { logout } from "../api/actions.js";
import { chooseLanguage, LANGUAGES, type Language, language, t } from "../i18n/i18n.js";
import { roleWord } from "../model/access.js";
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
          {t("shell:skip")}
        </a>
        <header className={classes.header}>
          <Link to={links.home()} className={classes.brand} aria-label={t("shell:brand")}>
            <img src="/favicon.svg" alt="" width={24} height={24} />
            <span className={classes.name}>fleetvisor</span>
          </Link>
          <Navigation />
          <div className={classes.tools}>
            <LiveMark />
            <Tooltip label={t("shell:findTip")}>
              <ActionIcon
                variant="subtle"
                color="gray"
                size="lg"
                aria-label={t("shell:find")}
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
  const label = t(other === "light" ? "shell:useLight" : "shell:useDark");
  return (
    <Tooltip label={label}>
      <ActionIcon variant="subtle" color="gray" size="lg" aria-label={label} onClick={() => setColorScheme(other)}>
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
        <ActionIcon variant="subtle" color="gray" size="lg" aria-label={t("shell:account", { user: session.user })}>
          <IconUser size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {session.user}, {roleWord(session.role)}
        </Menu.Label>
        <Menu.Item leftSection={<IconKey size={16} />} onClick={askPassword}>
          {t(session.passwordSet ? "shell:changePassword" : "shell:choosePassword")}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => void leave()}>
          {t("shell:logOut")}
        </Menu.Item>
        <Menu.Divider />
        <Menu.Label>{t("shell:language")}</Menu.Label>
        {Object.entries(LANGUAGES).map(([tag, name]) => (
          <Menu.Item
            key={tag}
            lang={tag}
            leftSection={<IconCheck size={16} visibility={tag === language() ? "visible" : "hidden"} />}
            aria-current={tag === language()}
            onClick={() => void chooseLanguage(tag as Language)}
          >
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
