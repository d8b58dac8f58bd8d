// The web page: its files, with caching that fits, and index.html for every address inside it.
import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyInstance } from "fastify";
import { errorBody, HTTP_STATUS } from "./errors.js";

const YEAR_SECONDS = 31_536_000;

/** `webDir` is where the page was built to. Without it the API still answers, and the page says what is missing. */
export function webFiles(app: FastifyInstance, webDir: string): void {
  const built = existsSync(join(webDir, "index.html"));
  if (built) {
    app.register(fastifyStatic, {
      root: webDir,
      cacheControl: false,
      // The build lays compressed copies beside the files.
      preCompressed: true,
      setHeaders(reply, path) {
        // Names under assets/ hold a hash of the content; everything else may change with the next version.
        const forGood = path.includes("/assets/");
        reply.header("cache-control", forGood ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache");
      },
    });
  }
  app.setNotFoundHandler((request, reply) => {
    const isPage = request.method === "GET" && (request.headers.accept ?? "").includes("text/html");
    if (isPage && !request.url.startsWith("/api/")) {
      if (built) return reply.header("cache-control", "no-cache").sendFile("index.html");
      return reply.code(503).type("text/plain").send("The web page is not built: run `npm run build`.\n");
    }
    const error = new FleetError("not-found", `there is nothing at ${request.method} ${request.url.split("?", 1)[0]}`);
    return reply.code(HTTP_STATUS[error.kind]).send(errorBody(error));
  });
}
