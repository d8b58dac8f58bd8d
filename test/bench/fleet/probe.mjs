// Loaded into a measured controller before its own code (`node --import`): answers the bench over IPC about loop delay, memory and CPU.
// The product knows nothing of it.
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import { monitorEventLoopDelay, performance } from "node:perf_hooks";
import { isMainThread } from "node:worker_threads";

/** How often the loop is sampled; what it takes longer is its delay. */
const SAMPLE_MS = 2;

if (isMainThread && process.send !== undefined) {
  const delays = monitorEventLoopDelay({ resolution: SAMPLE_MS });
  delays.enable();
  let used = performance.eventLoopUtilization();
  const profiler = new Session();
  const ms = (nanoseconds) => Math.max(0, nanoseconds / 1e6 - SAMPLE_MS);

  const answers = {
    figures: () => {
      const utilization = performance.eventLoopUtilization(used).utilization;
      const { rss, heapUsed, external } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      const [p50, p99, max] = [ms(delays.percentile(50)), ms(delays.percentile(99)), ms(delays.max)];
      delays.reset();
      used = performance.eventLoopUtilization();
      return { rss, heapUsed, external, cpuMs: (user + system) / 1000, utilization, delayMs: { p50, p99, max } };
    },
    collect: () => void globalThis.gc?.(),
    "profile-start": () => {
      profiler.connect();
      profiler.post("Profiler.enable");
      profiler.post("Profiler.start");
    },
    "profile-stop": ({ file }) => {
      profiler.post("Profiler.stop", (error, { profile }) => error ?? writeFileSync(file, JSON.stringify(profile)));
      profiler.disconnect();
    },
  };
  process.on("message", (question) => process.send({ id: question.id, answer: answers[question.ask](question) }));
  process.channel.unref();
}
