// Reading request bodies with limits: for one request, and for all that are being read at the same time.
import type { IncomingMessage } from "node:http";

/** The largest body of a request. Calls are small; the largest are a multicall, or text for a program's standard input. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;
/** Of all bodies that are on their way in: many large ones at once must not cost the daemon its memory. */
const MAX_ALL_BODIES_BYTES = 64 * 1024 * 1024;

/** A body, or the HTTP status that refuses it, or null when the client left before its end. */
type BodyOutcome = { readonly text: string } | { readonly status: 411 | 413 | 503 } | null;

/** The bodies of one server. */
export class RequestBodies {
  #heldBytes = 0;

  /** Reads the body as UTF-8 text. A length must be told before, as supervisord wants it: 411 also for chunks. */
  async read(request: IncomingMessage, maxBytes = MAX_BODY_BYTES): Promise<BodyOutcome> {
    const length = Number(request.headers["content-length"]);
    if (!Number.isSafeInteger(length)) return { status: 411 };
    if (length > maxBytes) return { status: 413 };
    const chunks: Buffer[] = [];
    let ownBytes = 0;
    try {
      for await (const chunk of request) {
        const bytes = chunk as Buffer;
        if (this.#heldBytes + bytes.length > MAX_ALL_BODIES_BYTES) return { status: 503 };
        this.#heldBytes += bytes.length;
        ownBytes += bytes.length;
        chunks.push(bytes);
      }
      return { text: Buffer.concat(chunks).toString("utf8") };
    } catch {
      return null;
    } finally {
      this.#heldBytes -= ownBytes;
    }
  }
}
