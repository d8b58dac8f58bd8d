// A place in a log as the API writes it, and back.
import type { LogPosition } from "../instances/instance.js";

/** `FILE@OFFSET`, as the API has it. */
export function formatPosition({ file, offset }: LogPosition): string {
  return `${file}@${offset}`;
}

/** The pattern of the schema holds. */
export function parsePosition(text: string): LogPosition {
  const [file = "", offset = ""] = text.split("@");
  return { file, offset: Number(offset) };
}
