// Looks a database over without changing it: its version, every page and row, and the chain of the audit.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Database } from "better-sqlite3";
import { checkChain } from "../audit-chain.js";
import type { AuditEntry } from "../records.js";
import { AUDIT, AUDIT_HEAD } from "./audit-queries.js";
import { MIGRATIONS } from "./migrations.js";
import { openDatabase } from "./open.js";

/** What one look found, in a line for people. */
export interface Finding {
  readonly what: string;
  readonly good: boolean;
  readonly detail: string;
}

/** Damages that are spelled out. */
const NAMED = 5;

/**
 * Every finding, good or bad; never throws for what is wrong with the file. Takes as long as reading the whole file, with `quick`
 * without comparing indexes with their tables. A controller may be at work on the file meanwhile.
 */
export function inspectDatabase(file: string, quick: boolean): Finding[] {
  let db: Database;
  try {
    db = openDatabase(file, "read");
  } catch (error) {
    return [{ what: "database", good: false, detail: FleetError.from(error).message }];
  }
  try {
    return [
      look("schema", () => schemaOf(db)),
      look(quick ? "pages" : "pages and indexes", () => pagesOf(db, quick)),
      look("references", () => referencesOf(db)),
      look("audit", () => auditOf(db)),
    ];
  } finally {
    db.close();
  }
}

/** What is fine, in words; throws what is not. */
function look(what: string, inspect: () => string): Finding {
  try {
    return { what, good: true, detail: inspect() };
  } catch (error) {
    return { what, good: false, detail: FleetError.from(error).message };
  }
}

function schemaOf(db: Database): string {
  const version = db.prepare("SELECT max(version) FROM schema_version").pluck().get() as number | null;
  const newest = MIGRATIONS.length;
  if (version === null) throw new Error("no version is written down");
  if (version > newest) throw new Error(`version ${version}, of a newer fleetvisor: this one knows ${newest}`);
  return version === newest
    ? `version ${version}`
    : `version ${version}; the next start of this fvcontroller brings it to ${newest}`;
}

function pagesOf(db: Database, quick: boolean): string {
  const rows = db.pragma(`${quick ? "quick_check" : "integrity_check"}(${NAMED})`) as Record<string, string>[];
  const damages = rows.flatMap((row) => Object.values(row)).filter((line) => line !== "ok");
  if (damages.length > 0) throw new Error(damages.join("; ").replaceAll("\n", " "));
  const pages = db.pragma("page_count", { simple: true }) as number;
  const bytes = pages * (db.pragma("page_size", { simple: true }) as number);
  return `${pages} pages, ${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}

function referencesOf(db: Database): string {
  const broken = db.pragma("foreign_key_check") as { table: string; rowid: number | null; parent: string }[];
  const named = broken
    .slice(0, NAMED)
    .map(({ table, rowid, parent }) => `${table} ${rowid ?? ""} points to no ${parent}`);
  if (broken.length > 0) throw new Error(`${broken.length} rows point to nothing: ${named.join("; ")}`);
  return "every row points to one that is there";
}

function auditOf(db: Database): string {
  const check = db.transaction(() => {
    const head = db.prepare<[], { id: number; hash: string }>(AUDIT_HEAD).get() ?? null;
    return checkChain(db.prepare<[], AuditEntry>(`${AUDIT} ORDER BY id`).iterate(), head);
  });
  const { rows, head, broken } = check();
  if (broken !== null) throw new Error(`broken at row ${broken.id}: ${broken.reason}; the ${rows} rows before hold`);
  return `${rows} rows, each follows from the one before; the last hash is ${head || "none"}`;
}
