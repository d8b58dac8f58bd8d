// `fvctl audit`: who did what and who was refused, newest last; and whether a row of it was changed or taken out.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { AuditCheck, AuditEntry, AuditPage } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";
import { AUDIT_HEAD, auditRows } from "../render/access.js";
import { toJson } from "../render/output.js";
import { parseMoment, plural } from "../render/words.js";

const PAGE_ROWS = 1000;
const MOST = 1_000_000;

function parseCount(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST) return count;
  throw new FleetError("invalid-argument", `--count ${text}: a whole number from 1 to ${MOST}`);
}

export const addAudit: AddCommand = (program, run) => {
  const audits = program
    .command("audit")
    .description("every change and every refusal, and whether they hold (for admins)");
  audits.addHelpText(
    "afterAll",
    examples(
      ["fvctl audit --refused --since 7d", "who tried what"],
      ["fvctl audit -u alice --action operation", "what alice ordered"],
      ["fvctl audit -o ndjson -n 1000000", "everything, for keeping elsewhere"],
      ["fvctl audit list --help", "all that it may be narrowed by"],
      ["fvctl audit verify", "whether a row was changed or taken out, by the word of the controller that runs"],
      ["fvcontroller audit verify", "the same on its host, by the file itself"],
    ),
  );
  audits
    .command("list", { isDefault: true })
    .description("every change and every refusal, newest last")
    .option("-n, --count <count>", "the newest so many", parseCount, 50)
    .option("--refused", "only what was refused")
    .option("-u, --user <name>", "only what this user did or was refused")
    .option("--action <action>", "only this, like login or operation.restart; operation is all of its kind")
    .option("--text <text>", "only with this somewhere in the subject or the address")
    .option("--since <when>", "from then on: 30m, 1h, 7d, or 2026-11-21T09:00")
    .action((options: Options, command) => run(command, (world) => audit(world, options)));
  audits
    .command("verify")
    .description("walk the whole audit and name the first row that was changed or is missing")
    .action((_options: unknown, command) => run(command, verify));
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

/** Part after part: each is some thousands of rows. */
async function verify(world: World): Promise<Exit> {
  const output = world.output("table", "json");
  const client = await world.client();
  let cursor: string | undefined;
  let part: AuditCheck;
  do {
    part = await client.get<AuditCheck>(API_PATHS.auditCheck, { cursor });
    cursor = part.broken === null ? (part.nextCursor ?? undefined) : undefined;
  } while (cursor !== undefined);
  const { rows, head, broken } = part;
  if (output === "json") await world.io.out(toJson({ rows, head, broken }));
  if (broken === null) {
    const words = `${plural(rows, "row", "rows")}, each follows from the one before; the last hash is ${head || "none"}`;
    if (output === "table") await world.io.out(`${words}\n`);
    return "ok";
  }
  await world.note(`the audit is broken at row ${broken.id}: ${broken.reason}; the ${rows} rows before hold`);
  return "failed";
}
