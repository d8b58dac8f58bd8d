// What one may do oneself, as the controller says.
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import { Empty } from "../../components/words.js";
import { grantWords } from "../../model/access.js";

export function OwnGrants() {
  const { user, grants = [] } = useSession();
  return (
    <Panel title={`What ${user} may do`}>
      {grants.length === 0 ? (
        <Empty title="Nothing has been granted to you">
          <p>Who administers the fleet can grant you something.</p>
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
