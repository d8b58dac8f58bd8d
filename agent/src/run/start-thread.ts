// Starts the code of a thread that lies beside this file: a bundle, or the TypeScript source under tsx.
import { Worker, type WorkerOptions } from "node:worker_threads";

export function startThread(name: "disk-thread" | "log-search-thread", options: WorkerOptions): Worker {
  if (!import.meta.url.endsWith(".ts")) {
    return new Worker(new URL(`./${name}.mjs`, import.meta.url), { ...options, execArgv: [] });
  }
  // Loaders of the main thread do not reach a worker's first module on Node 20, so that module fetches the source through tsx itself.
  const [api, source] = [import.meta.resolve("tsx/esm/api"), new URL(`./${name}.ts`, import.meta.url).href];
  const code = `import(${JSON.stringify(api)}).then(({ tsImport }) => tsImport(${JSON.stringify(source)}, ${JSON.stringify(source)}))`;
  return new Worker(code, { ...options, eval: true, execArgv: process.execArgv });
}
