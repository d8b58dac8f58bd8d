// XML-RPC values and messages to XML text and back; knows nothing of HTTP.
// The text written is what supervisord 4.2.5 (Python's xmlrpc.client.dumps) writes, byte for byte.

export type XmlRpcStruct = { [key: string]: XmlRpcValue };
export type XmlRpcValue = string | number | boolean | XmlRpcValue[] | XmlRpcStruct;

/** What an answer is made of: values, and structs that are text already. */
export type XmlRpcAnswer = XmlRpcValue | WrittenStruct | readonly XmlRpcAnswer[];

/** A struct whose members are text already (`encodeMembers`), for large answers of which little changes between two calls. */
export class WrittenStruct {
  constructor(readonly members: string) {}
}

export interface XmlRpcCall {
  readonly method: string;
  readonly params: XmlRpcValue[];
}

export type XmlRpcResponse =
  | { readonly ok: true; readonly value: XmlRpcValue }
  | { readonly ok: false; readonly code: number; readonly text: string };

/** The text is no XML-RPC message. `unmarshallable`: no such XML; `no method name`: XML without a method. */
export class XmlRpcSyntaxError extends Error {
  constructor(readonly reason: "unmarshallable" | "no method name") {
    super(reason);
    this.name = "XmlRpcSyntaxError";
  }
}

// ---- writing --------------------------------------------------------------------------------------------------

// biome-ignore lint/complexity/useRegexLiterals: control characters are clearer spelled out
const NOT_IN_XML = new RegExp("[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]", "g");

/** Most text has nothing to escape: looking is cheaper than replacing. */
// biome-ignore lint/complexity/useRegexLiterals: control characters are clearer spelled out
const NOT_PLAIN = new RegExp("[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff&<>]");

/** What no XML document may hold becomes U+FFFD, so that the answer can always be read. */
function escapeText(text: string): string {
  if (!NOT_PLAIN.test(text)) return text;
  return text
    .replace(NOT_IN_XML, "\ufffd")
    .replace(/[&<>]/g, (mark) => (mark === "&" ? "&amp;" : mark === "<" ? "&lt;" : "&gt;"));
}

/** `binary`: text that XML cannot hold goes as base64, which reads as the text again. */
function encodeValue(value: XmlRpcAnswer, binary = false): string {
  switch (typeof value) {
    case "string":
      if (binary && value.search(NOT_IN_XML) >= 0) {
        return `<value><base64>${Buffer.from(value).toString("base64")}</base64></value>\n`;
      }
      return `<value><string>${escapeText(value)}</string></value>\n`;
    case "boolean":
      return `<value><boolean>${value ? 1 : 0}</boolean></value>\n`;
    case "number":
      return Number.isSafeInteger(value)
        ? `<value><int>${value}</int></value>\n`
        : `<value><double>${value}</double></value>\n`;
    default: {
      // Put together piece by piece: an answer of half a megabyte takes half the time that joining lists does.
      if (Array.isArray(value)) {
        let items = "";
        for (const item of value) items += encodeValue(item, binary);
        return `<value><array><data>\n${items}</data></array></value>\n`;
      }
      const members = value instanceof WrittenStruct ? value.members : encodeMembers(value as XmlRpcStruct, binary);
      return `<value><struct>\n${members}</struct></value>\n`;
    }
  }
}

/** The members of a struct as text, in their order. */
export function encodeMembers(struct: XmlRpcStruct, binary = false): string {
  let members = "";
  for (const name of Object.keys(struct)) {
    const item = struct[name];
    if (item !== undefined) members += encodeMember(headsOf(name), item, binary);
  }
  return members;
}

/** How a member of a name begins, and with what most hold. */
interface Heads {
  readonly any: string;
  readonly text: string;
  readonly int: string;
}

/** Of names met before: few, and met thousands of times in one answer. */
const HEADS = new Map<string, Heads>();
const MOST_HEADS = 200;

function headsOf(name: string): Heads {
  const known = HEADS.get(name);
  if (known !== undefined) return known;
  const any = `<member>\n<name>${escapeText(name)}</name>\n`;
  const heads = { any, text: `${any}<value><string>`, int: `${any}<value><int>` };
  if (HEADS.size < MOST_HEADS) HEADS.set(name, heads);
  return heads;
}

/** In as few pieces as can be: what they cost is nearly all that a large answer costs. */
function encodeMember(heads: Heads, item: XmlRpcValue, binary: boolean): string {
  if (typeof item === "string" && !binary) return `${heads.text}${escapeText(item)}</string></value>\n</member>\n`;
  if (Number.isSafeInteger(item)) return `${heads.int}${item}</int></value>\n</member>\n`;
  return `${heads.any}${encodeValue(item, binary)}</member>\n`;
}

/** A request body. Reads as what was given, any bytes of UTF-8 text included. */
export function encodeCall(method: string, params: readonly XmlRpcValue[]): string {
  const body = params.map((value) => `<param>\n${encodeValue(value, true)}</param>\n`).join("");
  return `<?xml version='1.0'?>\n<methodCall>\n<methodName>${escapeText(method)}</methodName>\n<params>\n${body}</params>\n</methodCall>\n`;
}

/** A successful response body. */
export function encodeResult(value: XmlRpcAnswer): string {
  return `<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n${encodeValue(value)}</param>\n</params>\n</methodResponse>\n`;
}

/** A fault response body; sent with HTTP status 200. */
export function encodeFault(code: number, text: string): string {
  const fault = encodeValue({ faultCode: code, faultString: text });
  return `<?xml version='1.0'?>\n<methodResponse>\n<fault>\n${fault}</fault>\n</methodResponse>\n`;
}

// ---- reading --------------------------------------------------------------------------------------------------

interface Element {
  readonly name: string;
  readonly children: Element[];
  text: string;
}

const MAX_DEPTH = 64;
/** Of a call; a multicall of a thousand has ten thousand. Each costs memory far beyond its few bytes of text. */
const MAX_CALL_ELEMENTS = 100_000;
const MARKUP =
  /<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|<(\/?)([A-Za-z_][\w.:-]*)(?:\s[^<>]*?)?(\/?)>|([^<]+)/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&([^;&]*);?/g, (whole, body: string) => {
    const named = ENTITIES[body];
    if (named !== undefined && whole.endsWith(";")) return named;
    const numeric = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(body);
    const point = numeric ? Number.parseInt(numeric[1] ?? numeric[2] ?? "", numeric[1] === undefined ? 10 : 16) : NaN;
    if (!whole.endsWith(";") || !isXmlCharacter(point)) throw new XmlRpcSyntaxError("unmarshallable");
    return String.fromCodePoint(point);
  });
}

/** XML 1.0, production Char; false for NaN. */
function isXmlCharacter(point: number): boolean {
  return (
    point === 9 ||
    point === 10 ||
    point === 13 ||
    (point >= 0x20 && point <= 0xd7ff) ||
    (point >= 0xe000 && point <= 0xfffd) ||
    (point >= 0x10000 && point <= 0x10ffff)
  );
}

/** One element tree out of the text. Document types, undefined entities and nesting beyond 64 are refused. */
function parseXml(xml: string, maxElements: number): Element {
  const top: Element = { name: "", children: [], text: "" };
  const open: Element[] = [top];
  const markup = new RegExp(MARKUP);
  let elements = 0;
  while (markup.lastIndex < xml.length) {
    const at = markup.lastIndex;
    const match = markup.exec(xml);
    const current = open[open.length - 1];
    if (match === null || current === undefined || markup.lastIndex === at)
      throw new XmlRpcSyntaxError("unmarshallable");
    const [, cdata, closing, name, selfClosing, text] = match;
    if (cdata !== undefined) current.text += cdata;
    else if (text !== undefined) current.text += decodeEntities(text);
    else if (name === undefined) continue;
    else if (closing === "/") {
      if (current.name !== name || open.length === 1) throw new XmlRpcSyntaxError("unmarshallable");
      open.pop();
    } else {
      elements++;
      const element: Element = { name, children: [], text: "" };
      current.children.push(element);
      if (selfClosing !== "/") open.push(element);
      if (open.length > MAX_DEPTH || elements > maxElements) throw new XmlRpcSyntaxError("unmarshallable");
    }
  }
  const root = top.children[0];
  if (open.length !== 1 || root === undefined || top.children.length !== 1 || top.text.trim() !== "") {
    throw new XmlRpcSyntaxError("unmarshallable");
  }
  return root;
}

function child(element: Element, name: string): Element | undefined {
  return element.children.find((candidate) => candidate.name === name);
}

function integer(text: string): number {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new XmlRpcSyntaxError("unmarshallable");
  // Larger ones than any number here stay finite, so that they can be written again.
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, Number(text)));
}

/** supervisord's own reading (xmlrpc.py, loads): unknown elements become their text, base64 becomes UTF-8 text. */
function decodeValue(value: Element): XmlRpcValue {
  const typed = value.children[0];
  if (typed === undefined) return value.text;
  switch (typed.name) {
    case "int":
    case "i4":
      return integer(typed.text);
    case "boolean":
      return typed.text.trim() === "1";
    case "double": {
      const number = Number(typed.text);
      if (typed.text.trim() === "" || !Number.isFinite(number)) throw new XmlRpcSyntaxError("unmarshallable");
      return number;
    }
    case "base64":
      return Buffer.from(typed.text, "base64").toString("utf8");
    case "array":
      return (child(typed, "data")?.children ?? []).map(decodeValue);
    case "struct": {
      const entries = typed.children.map((member): [string, XmlRpcValue] => {
        const name = child(member, "name");
        const item = child(member, "value");
        if (name === undefined || item === undefined) throw new XmlRpcSyntaxError("unmarshallable");
        return [name.text, decodeValue(item)];
      });
      return Object.fromEntries(entries);
    }
    default:
      return typed.text;
  }
}

function decodeParams(root: Element): XmlRpcValue[] {
  return (child(root, "params")?.children ?? []).map((param) => {
    const value = child(param, "value");
    if (value === undefined) throw new XmlRpcSyntaxError("unmarshallable");
    return decodeValue(value);
  });
}

/** Reads a request body. Throws XmlRpcSyntaxError. */
export function decodeCall(xml: string): XmlRpcCall {
  // Other bytes than text may be in a broken server's answer, but are no call (as expat has it).
  if (xml.search(NOT_IN_XML) >= 0) throw new XmlRpcSyntaxError("unmarshallable");
  const root = parseXml(xml, MAX_CALL_ELEMENTS);
  const method = child(root, "methodName")?.text ?? "";
  if (method === "") throw new XmlRpcSyntaxError("no method name");
  return { method, params: decodeParams(root) };
}

/** Reads a response body. Throws XmlRpcSyntaxError. */
export function decodeResponse(xml: string): XmlRpcResponse {
  const root = parseXml(xml, Number.POSITIVE_INFINITY);
  if (root.name !== "methodResponse") throw new XmlRpcSyntaxError("unmarshallable");
  const fault = child(root, "fault");
  if (fault === undefined) {
    const value = decodeParams(root)[0];
    if (value === undefined) throw new XmlRpcSyntaxError("unmarshallable");
    return { ok: true, value };
  }
  const value = child(fault, "value");
  const body = value === undefined ? "" : decodeValue(value);
  if (typeof body !== "object" || Array.isArray(body)) throw new XmlRpcSyntaxError("unmarshallable");
  return { ok: false, code: Number(body.faultCode), text: String(body.faultString) };
}
