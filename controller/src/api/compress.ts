// Compresses large answers of the API for who takes gzip: a list of a thousand hosts is a twelfth of its size then. Beside the main
// loop, in zlib's own threads. Answers that hold a secret are small, so that none is ever compressed together with what others chose.
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import type { FastifyInstance } from "fastify";

const compress = promisify(gzip);

/** Smaller ones are sent in a few packets as they are. */
const LEAST_CHARS = 16 * 1024;
/** Higher ones take thrice the time for a tenth of the size. */
const LEVEL = 3;

/** The gateway is left out: it answers as supervisord does. */
export function compressAnswers(app: FastifyInstance): void {
  app.addHook("onSend", async (request, reply, payload) => {
    if (typeof payload !== "string" || payload.length < LEAST_CHARS) return payload;
    if (!request.url.startsWith("/api/") && request.url !== "/metrics") return payload;
    void reply.header("vary", "accept-encoding");
    if (!takesGzip(request.headers["accept-encoding"])) return payload;
    void reply.header("content-encoding", "gzip");
    return compress(payload, { level: LEVEL });
  });
}

/** RFC 9110, 12.5.3: named, and not with the weight 0. */
export function takesGzip(header: string | string[] | undefined): boolean {
  return [header ?? ""].flat().some((line) =>
    line.split(",").some((part) => {
      const [coding = "", ...parameters] = part.split(";").map((word) => word.trim().toLowerCase());
      return coding === "gzip" && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
    }),
  );
}
