// `fvctl audit`: who did what and who was refused, newest last.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { AuditEntry, AuditPage } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { AUDIT_HEAD, auditRows } from "../render/access.js";
import { parseMoment } from "../render/words.js";

const PAGE_ROWS = 1000;
const MOST = 1_000_000;

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new FleetError("invalid-argument", `--count ${text}: a whole number from 1 to ${MOST}`);
}

export const addAudit: AddCommand = (program, run) => {
  program
    .command("audit")
    .description("every change and every refusal, newest last (for admins)")
    .option("-n, --count <count>", "the newest so many", parseCount, 50)
    .option("--refused", "only what was refused")
    .option("-u, --user <name>", "only what this user did or was refused")
    .option("--action <action>", "only this, like login or operation.restart; operation is all of its kind")
    .option("--text <text>", "only with this somewhere in the subject or the address")
    .option("--since <when>", "from then on: 30m, 1h, 7d, or 2026-11-21T09:00")
    .addHelpText(
      "after",
      examples(
        ["fvctl audit --refused --since 7d", "who tried what"],
        ["fvctl audit -u alice --action operation", "what alice ordered"],
        ["fvctl audit -o ndjson -n 1000000", "everything, for keeping elsewhere"],
        ["fvcontroller audit verify", "on the controller's host: whether a row was changed or taken out"],
      ),
    )
    .action((options: Options, command) => run(command, (world) => audit(world, options)));
};

interface Options {
  readonly count: number;
  readonly refused?: boolean;
  readonly user?: string;
  readonly action?: string;
  readonly text?: string;
  readonly since?: string;
}

async function audit(world: World, { count, refused, user, action, text, since }: Options): Promise<Exit> {
  const output = world.output("table", "json", "ndjson");
  const client = await world.client();
  const filter = {
    user,
    action,
    text,
    outcome: refused === true ? "refused" : undefined,
    sinceMs: since === undefined ? undefined : parseMoment(since, "--since", client.nowMs()),
  };
  const newest: AuditEntry[] = [];
  let cursor: string | undefined;
  while (newest.length < count) {
    const query = { ...filter, limit: Math.min(PAGE_ROWS, count - newest.length), cursor };
    const page: AuditPage = await client.get<AuditPage>(API_PATHS.audit, query);
    newest.push(...page.items);
    if (page.nextCursor === null) break;
    cursor = page.nextCursor;
  }
  const items = newest.reverse();
  await world.print(output, items, {
    nameOf: ({ id }) => String(id),
    head: AUDIT_HEAD,
    rows: () => auditRows(items, world.colors),
  });
  if (items.length === 0) await world.note("nothing of that is in the audit");
  return "ok";
}
