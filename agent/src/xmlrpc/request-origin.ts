// Whether a request for an action was made by the page itself or a person, and not by another site in their browser.
import type { IncomingHttpHeaders } from "node:http";

/**
 * supervisord acts on a plain GET, so any page that its operator looks at could stop everything with the credentials that
 * their browser keeps. What browsers say of a request's source decides, the surest first: Sec-Fetch-Site (sent to https and
 * localhost only), Origin (with every POST), Referer. A browser that says nothing is not believed either. Other clients
 * - curl, scripts, monitors - say nothing of the kind and are no danger.
 */
export function isOwnRequest(headers: IncomingHttpHeaders): boolean {
  const site = headers["sec-fetch-site"];
  if (site !== undefined) return site === "same-origin" || site === "none";
  const source = headers.origin ?? headers.referer;
  if (source !== undefined) return isHere(source, headers);
  return !/^Mozilla\//.test(headers["user-agent"] ?? "");
}

/** Types that a browser sends to any site without asking it first; a Blob without a type has none. */
const UNASKED_TYPES = /^(?:$|text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)/i;

/**
 * Whether an XML-RPC call is another site's doing: made by a browser for a page from elsewhere, in a form that browsers send
 * unasked. XML-RPC clients name themselves text/xml, which a browser would ask for first, and be refused.
 */
export function isForeignCall(headers: IncomingHttpHeaders): boolean {
  if (!UNASKED_TYPES.test(headers["content-type"] ?? "")) return false;
  const fromBrowser = headers["sec-fetch-site"] !== undefined || headers.origin !== undefined;
  return fromBrowser && !isOwnRequest(headers);
}

/** Behind a proxy the browser's host is in X-Forwarded-Host, which another site cannot set. */
function isHere(source: string, headers: IncomingHttpHeaders): boolean {
  if (!URL.canParse(source)) return false;
  const { host } = new URL(source);
  return host !== "" && [headers.host, headers["x-forwarded-host"]].some((each) => hostOf(each) === host);
}

/** As an address has it, where the port of the scheme is left out. */
function hostOf(value: string | string[] | undefined): string | null {
  const url = `http://${String(value ?? "").trim()}`;
  return URL.canParse(url) ? new URL(url).host : null;
}
