// What a controller keeps much of, and how its data can have been copied.

/** Kinds of rows with what they are. */
export const STORED_KINDS = {
  events: "history",
  minutes: "figures of CPU and memory by the minute, a row an instance",
  hours: "the same by the hour",
  operations: "operations",
  audit: "the audit, kept for ever",
} as const;

export type StoredKind = keyof typeof STORED_KINDS;

export const STORED_KIND_NAMES = Object.keys(STORED_KINDS) as readonly StoredKind[];

/** Ways to a backup with what they are. */
export const BACKUP_ORIGINS = {
  command: "`fvcontroller backup` on its host",
  download: "the database by the API",
} as const;

export type BackupOrigin = keyof typeof BACKUP_ORIGINS;

export const BACKUP_ORIGIN_NAMES = Object.keys(BACKUP_ORIGINS) as readonly BackupOrigin[];
