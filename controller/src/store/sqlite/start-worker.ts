// Starts the writer thread from where this code runs: the bundle beside this file, or the TypeScript source under tsx.
import { Worker } from "node:worker_threads";

export function startWriterWorker(workerData: { readonly file: string }): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./writer.mjs", import.meta.url), { workerData });
  // Loaders of the main thread do not reach a worker's first module on Node 20, so that module fetches the source through tsx itself.
  const [api, source] = [import.meta.resolve("tsx/esm/api"), new URL("./writer.ts", import.meta.url).href];
  const code = `import(${JSON.stringify(api)}).then(({ tsImport }) => tsImport(${JSON.stringify(source)}, ${JSON.stringify(source)}))`;
  return new Worker(code, { eval: true, workerData });
}
