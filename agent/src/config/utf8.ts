// Bytes of a file to text, strictly UTF-8, with Python's words for what is wrong.
import { isUtf8 } from "node:buffer";

export type Decoded =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly line: number; readonly reason: string };

/** A byte order mark is kept. `line` is the one that the first bad byte is on. */
export function decodeUtf8(bytes: Uint8Array): Decoded {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (isUtf8(buffer)) return { ok: true, text: buffer.toString("utf8") };
  const { start, end, fault } = firstFault(buffer);
  let line = 1;
  for (let at = buffer.indexOf(10); at >= 0 && at < start; at = buffer.indexOf(10, at + 1)) line++;
  const hex = buffer.subarray(start, start + 1).toString("hex");
  const where = end - start === 1 ? `byte 0x${hex} in position ${start}` : `bytes in position ${start}-${end - 1}`;
  return { ok: false, line, reason: `'utf-8' codec can't decode ${where}: ${fault}` };
}

interface Fault {
  readonly start: number;
  /** Past the last byte that belongs to the fault. */
  readonly end: number;
  readonly fault: string;
}

/** The first ill-formed sequence, cut as Python cuts it (the Unicode standard's "maximal subpart"). */
function firstFault(bytes: Uint8Array): Fault {
  let at = 0;
  while (at < bytes.length) {
    const lead = bytes[at] ?? 0;
    const length = sequenceLength(lead);
    if (length === 0) return { start: at, end: at + 1, fault: "invalid start byte" };
    for (let next = 1; next < length; next++) {
      const byte = bytes[at + next];
      if (byte === undefined) return { start: at, end: bytes.length, fault: "unexpected end of data" };
      if (!continues(lead, next, byte)) return { start: at, end: at + next, fault: "invalid continuation byte" };
    }
    at += length;
  }
  return { start: at, end: at, fault: "unexpected end of data" };
}

/** Bytes in a sequence that begins so; 0 for a byte that begins none. */
function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}

/** Whether a byte may stand there: no overlong forms, no surrogates, nothing above U+10FFFF. */
function continues(lead: number, position: number, byte: number): boolean {
  if (byte < 0x80 || byte > 0xbf) return false;
  if (position > 1) return true;
  if (lead === 0xe0) return byte >= 0xa0;
  if (lead === 0xed) return byte < 0xa0;
  if (lead === 0xf0) return byte >= 0x90;
  return lead !== 0xf4 || byte < 0x90;
}
