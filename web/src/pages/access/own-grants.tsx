// What one may do oneself, as the controller says.
import { Link } from "react-router";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import { Empty } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { grantWords } from "../../model/access.js";
import { links } from "../../model/links.js";

export function OwnGrants() {
  const { user, grants = [] } = useSession();
  return (
    <Panel
      title={t("access:own.title", { user })}
      actions={<Link to={links.access("explain")}>{t("access:own.explain")}</Link>}
    >
      {grants.length === 0 ? (
        <Empty title={t("access:own.none")}>
          <p>{t("access:own.noneMore")}</p>
        </Empty>
      ) : (
        <ul className="plain-list">
          {grants.map((grant) => (
            <li key={grantWords(grant)} className="mono any-break">
              {grantWords(grant)}
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
