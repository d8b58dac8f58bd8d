// Bytes of a child as text for people and listeners: UTF-8, or what Python would write down.
import { isUtf8 } from "node:buffer";

const NAMED_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/** Python's `repr` of a byte string: `b'a\x88\n'`, in double quotes when it holds single ones only. */
export function bytesRepr(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString("latin1");
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = `b${quote}`;
  for (const character of text)
    out += character === quote ? `\\${quote}` : (NAMED_ESCAPES[character] ?? plain(character));
  return out + quote;
}

function plain(character: string): string {
  if (/^[ -~]$/.test(character)) return character;
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

/** The text, or `Undecodable: b'…'` (supervisor 4.2.5 compat.py, as_string, and its callers). */
export function textOf(bytes: Uint8Array): string {
  return isUtf8(bytes) ? Buffer.from(bytes).toString("utf8") : `Undecodable: ${bytesRepr(bytes)}`;
}
