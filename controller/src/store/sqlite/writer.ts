// The writer thread: takes batches of writes, does each in one transaction, answers when it is committed.
import { parentPort, workerData } from "node:worker_threads";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import Database from "better-sqlite3";
import { migrate } from "./migrations.js";
import { openDatabase } from "./open.js";
import { type FromWriter, preparedWrites, type ToWriter, type WriteJob, type WriteOutcome } from "./writes.js";

const port = parentPort;
if (port === null) throw new Error("writer.ts runs only as a worker thread");

const say = (message: FromWriter) => port.postMessage(message);

try {
  serve(openDatabase((workerData as { file: string }).file, "write"));
} catch (error) {
  const { kind, message } = FleetError.from(error);
  say({ type: "refused", kind, message });
  port.close();
}

function serve(db: Database.Database): void {
  try {
    migrate(db);
  } catch (error) {
    db.close();
    throw error;
  }
  const writes = preparedWrites(db);
  const one = db.transaction((job: WriteJob): unknown => {
    const write = writes[job.name] as (...args: readonly unknown[]) => unknown;
    return write(...job.args);
  });
  const all = db.transaction((jobs: readonly WriteJob[]): WriteOutcome[] =>
    jobs.map((job) => {
      try {
        return { done: true, value: one(job) };
      } catch (error) {
        // A full or broken disk concerns the whole batch; what a write itself does wrong concerns that write.
        if (isOfTheDisk(error)) throw error;
        return { done: false, message: FleetError.from(error).message };
      }
    }),
  );

  port?.on("message", (message: ToWriter) => {
    if (message.type === "close") {
      db.close();
      port?.close();
      return;
    }
    try {
      say({ type: "committed", outcomes: all.immediate(message.jobs) });
    } catch (error) {
      say({ type: "failed", message: FleetError.from(error).message });
    }
  });
  say({ type: "ready" });
}

function isOfTheDisk(error: unknown): boolean {
  return error instanceof Database.SqliteError && !error.code.startsWith("SQLITE_CONSTRAINT");
}
