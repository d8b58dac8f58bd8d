// What may be sent where: reads the address given to `login`, and refuses secrets over plain http to another host. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { normalizeUrl } from "./credentials.js";

/** `fvctl login URL` read: the controller's address and the code of a one-time link, if it was one. */
export interface LoginAddress {
  readonly url: string;
  readonly code: string | null;
}

/** Reads an address or a whole one-time link (`#code=` or `?code=`). Throws FleetError `invalid-argument`. */
export function parseLoginAddress(text: string): LoginAddress {
  const url = normalizeUrl(text);
  const full = new URL(text.includes("://") ? text : `http://${text}`);
  const inHash = new URLSearchParams(full.hash.slice(1)).get("code");
  const code = inHash ?? full.searchParams.get("code");
  return { url, code: code === "" ? null : code };
}

/** Whether traffic to that host name never leaves this machine. */
export function isLoopback(hostName: string): boolean {
  const name = hostName.replace(/^\[|\]$/g, "").toLowerCase();
  return name === "localhost" || name.endsWith(".localhost") || name === "::1" || /^127\.\d+\.\d+\.\d+$/.test(name);
}

/** Throws FleetError when a secret sent to `url` could be read on the way and nobody agreed to that. */
export function requirePrivate(url: string, plainHttp: boolean): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || plainHttp || isLoopback(hostname)) return;
  throw new FleetError(
    "invalid-argument",
    `${url} is plain http: everybody on the way could read your token. Use https://, a tunnel to the controller's loopback address, or agree with --plain-http`,
  );
}
