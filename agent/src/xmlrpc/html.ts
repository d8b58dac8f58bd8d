// HTML out of a template literal in which every value is escaped, unless it is HTML made the same way.

/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Part = string | number | Html | readonly Part[];

function escapeText(text: string): string {
  return text
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/'/g, "&#39;");
}

function render(part: Part): string {
  if (part instanceof Html) return part.text;
  return typeof part === "object" ? part.map(render).join("") : escapeText(String(part));
}

/** The tag of a template: html`<b>${anything}</b>`. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + render(parts[index] ?? "")).join(""));
}

/** A part of an address as Python's `urllib.quote` writes it, which leaves `/` as it is. */
export function quote(text: string): string {
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd"))
    .replace(/[!'()*]/g, (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/");
}
