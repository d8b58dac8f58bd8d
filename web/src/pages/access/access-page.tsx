// Who may do what: one's own tokens and sessions; for who administers also users, grants, join tokens and the audit.
import { Link, NavLink, useParams } from "react-router";
import { useSession } from "../../components/session.js";
import { Empty } from "../../components/words.js";
import type { en } from "../../i18n/en/index.js";
import { t } from "../../i18n/i18n.js";
import { usePageTitle } from "../../lib/page-title.js";
import { links } from "../../model/links.js";
import classes from "./access-page.module.css";
import { Audit } from "./audit.js";
import { Explain } from "./explain.js";
import { JoinTokens } from "./join-tokens.js";
import { OwnGrants } from "./own-grants.js";
import { Sessions } from "./sessions.js";
import { Tokens } from "./tokens.js";
import { Users } from "./users.js";

interface PartOfAccess {
  /** In the address. */
  readonly part: string;
  readonly name: Exclude<keyof typeof en.access.parts, "label">;
  /** Only for who administers. */
  readonly administers: boolean;
}

const PARTS: readonly PartOfAccess[] = [
  { part: "", name: "yours", administers: false },
  { part: "users", name: "users", administers: true },
  { part: "logins", name: "logins", administers: true },
  { part: "hosts", name: "hosts", administers: true },
  { part: "audit", name: "audit", administers: true },
  { part: "explain", name: "explain", administers: false },
];

export function AccessPage() {
  usePageTitle(t("access:title"));
  const { part = "" } = useParams();
  const { administers = false } = useSession();
  const parts = PARTS.filter((each) => administers || !each.administers);
  return (
    <div className={classes.page}>
      <h1 className="sr-only">{t("access:title")}</h1>
      <nav className={classes.parts} aria-label={t("access:parts.label")}>
        {parts.map(({ part: to, name }) => (
          <NavLink
            key={to}
            to={links.access(to)}
            end
            className={() => classes.part}
            data-word={t(`access:parts.${name}`)}
          >
            {t(`access:parts.${name}`)}
          </NavLink>
        ))}
      </nav>
      {parts.some((each) => each.part === part) ? (
        <Part part={part} />
      ) : (
        <Empty title={t("access:notForYou")}>
          <p>{t("access:forAdministrators")}</p>
          <Link to={links.access()}>{t("access:yourAccess")}</Link>
        </Empty>
      )}
    </div>
  );
}

function Part({ part }: { readonly part: string }) {
  switch (part) {
    case "users":
      return <Users />;
    case "logins":
      return (
        <>
          <Tokens all />
          <Sessions all />
        </>
      );
    case "hosts":
      return <JoinTokens />;
    case "audit":
      return <Audit />;
    case "explain":
      return <Explain />;
    default:
      return (
        <>
          <OwnGrants />
          <Tokens all={false} />
          <Sessions all={false} />
        </>
      );
  }
}
