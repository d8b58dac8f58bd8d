// Who may do what: one's own tokens and sessions; for who administers also users, grants, join tokens and the audit.
import { NavLink, useParams } from "react-router";
import { useSession } from "../../components/session.js";
import { Empty } from "../../components/words.js";
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

const PARTS = [
  { part: "", word: "Yours", administers: false },
  { part: "users", word: "Users", administers: true },
  { part: "logins", word: "Tokens and sessions", administers: true },
  { part: "hosts", word: "Join tokens", administers: true },
  { part: "audit", word: "Audit", administers: true },
  { part: "explain", word: "Explain", administers: false },
] as const;

export function AccessPage() {
  usePageTitle("Access");
  const { part = "" } = useParams();
  const { administers = false } = useSession();
  const parts = PARTS.filter((each) => administers || !each.administers);
  return (
    <div className={classes.page}>
      <h1 className="sr-only">Access</h1>
      <nav className={classes.parts} aria-label="Parts of access">
        {parts.map(({ part: to, word }) => (
          <NavLink key={to} to={links.access(to)} end className={() => classes.part}>
            {word}
          </NavLink>
        ))}
      </nav>
      {parts.some((each) => each.part === part) ? (
        <Part part={part} />
      ) : (
        <Empty title="Not for you">
          <p>This is for who administers the whole fleet.</p>
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
