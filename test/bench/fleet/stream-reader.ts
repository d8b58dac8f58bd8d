// A reader of the controller's live stream, as a browser has it open, which tells of every process event.
import { type ClientRequest, get } from "node:http";

/** Marks of simulated changes are in the description. */
const MARK = /"description":"m(\d+)"/;

export class StreamReader {
  readonly #request: ClientRequest;
  events = 0;
  bytes = 0;
  ended = false;

  constructor(url: URL, token: string, onProcess: (mark: number) => void) {
    let rest = "";
    this.#request = get(url, { headers: { authorization: `Bearer ${token}` } }, (response) => {
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        this.bytes += chunk.length;
        const frames = (rest + chunk).split("\n\n");
        rest = frames.pop() ?? "";
        for (const frame of frames) {
          this.events += 1;
          if (!frame.includes("event: process\n")) continue;
          const mark = MARK.exec(frame)?.[1];
          if (mark !== undefined) onProcess(Number(mark));
        }
      });
      response.on("close", () => {
        this.ended = true;
      });
      response.on("error", () => {});
    });
    this.#request.on("error", () => {
      this.ended = true;
    });
  }

  close(): void {
    this.#request.destroy();
  }
}
