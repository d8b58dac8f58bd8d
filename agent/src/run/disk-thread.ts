// The thread of a disk: does to its log files what it is told, in order. When the disk hangs, this thread does, and nobody else.
import { parentPort, workerData } from "node:worker_threads";
import { createEmptyLog, removeStaleAutoLogs } from "./auto-logs.js";
import { type DiskNews, type DiskOrder, type DiskThreadData, DONE, ERRNO, READY } from "./disk-orders.js";
import { RotatingFile } from "./rotating-file.js";

const { numbers } = workerData as DiskThreadData;
const shared = new Int32Array(numbers);
const port = parentPort;
if (port === null) throw new Error("this is the code of a thread");

const logs = new Map<number, RotatingFile>();
const tell = (news: DiskNews) => port.postMessage(news);
const complain = (text: string) => tell({ type: "problem", text });

/** Errno of a failed system call; EIO for what is none. */
function attempt(step: () => void): number {
  try {
    step();
    return 0;
  } catch (error) {
    const errno = error instanceof Error && "errno" in error ? Number(error.errno) : 0;
    return errno < 0 ? -errno : 5;
  }
}

function write({ pieces, bytes }: Extract<DiskOrder, { type: "write" }>): void {
  let at = 0;
  for (let i = 0; i + 1 < pieces.length; i += 2) {
    const end = at + (pieces[i + 1] ?? 0);
    logs.get(pieces[i] ?? -1)?.write(Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at));
    at = end;
  }
}

/** Answers the errno. */
function perform(order: Exclude<DiskOrder, { type: "log" | "end" }>): number {
  switch (order.type) {
    case "write":
      write(order);
      return 0;
    case "act": {
      const errno = attempt(() => logs.get(order.log)?.[order.action]());
      if (errno > 0 && order.action === "open") {
        tell({ type: "not-opened", ticket: order.ticket, log: order.log, errno });
      }
      return errno;
    }
    case "create":
      return attempt(() => createEmptyLog(order.path));
    case "clean":
      removeStaleAutoLogs(order.directory, order.identifier, complain);
      return 0;
    case "settle":
      return 0;
  }
}

port.on("message", (order: DiskOrder) => {
  if (order.type === "end") {
    port.close();
  } else if (order.type === "log") {
    logs.set(order.log, new RotatingFile(order.path, order.rules, complain));
  } else {
    Atomics.store(shared, ERRNO, perform(order));
    Atomics.store(shared, DONE, order.ticket);
    Atomics.notify(shared, DONE);
  }
});

Atomics.store(shared, READY, 1);
Atomics.notify(shared, READY);
