// Random secrets, and the hashes under which they are kept: whoever reads the store learns none of them.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** 256 random bits as text that needs no quoting anywhere. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** A short random name; it tells nothing and opens nothing. Never begins with a dash: it is typed on command lines. */
export function newId(): string {
  const id = randomBytes(12).toString("base64url");
  return id.startsWith("-") ? newId() : id;
}

/** For secrets with full entropy only; passwords go through passwords.ts. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("base64url");
}

/** Compares without telling by its time how far two texts agree. */
export function sameSecret(a: string, b: string): boolean {
  const [left, right] = [createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest()];
  return timingSafeEqual(left, right);
}
