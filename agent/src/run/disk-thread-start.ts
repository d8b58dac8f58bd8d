// Starts the thread of a disk, which keeps nobody from ending.
import type { StartDiskThread } from "./disk.js";
import type { DiskNews, DiskThreadData } from "./disk-orders.js";
import { startThread } from "./start-thread.js";

/** It holds little but what it writes. */
const HEAP = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 };

export const startDiskThread: StartDiskThread = (numbers, hear, onFailure) => {
  const workerData: DiskThreadData = { numbers };
  const worker = startThread("disk-thread", { workerData, resourceLimits: HEAP });
  worker.unref();
  worker.on("message", (news: DiskNews) => hear(news));
  worker.on("error", (error) => onFailure(error.message));
  const gone = new Promise<void>((resolve) => {
    worker.on("exit", () => resolve());
  });
  return { gone, post: (order, transfer) => worker.postMessage(order, [...transfer]) };
};
