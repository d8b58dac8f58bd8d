// Password hashes: scrypt with its parameters beside it, so that they can be raised later.
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

const COST_LOG2 = 15;
const BLOCK = 8;
const PARALLEL = 1;
const KEY_BYTES = 32;

/** `scrypt$15$8$1$SALT$KEY`. Takes about 0.1 s, off the main thread. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password, salt, COST_LOG2, BLOCK, PARALLEL, KEY_BYTES);
  return ["scrypt", COST_LOG2, BLOCK, PARALLEL, salt.toString("base64url"), key.toString("base64url")].join("$");
}

/** Compares with a hash of hashPassword. Null for a user who is not there takes as long and is false. */
export async function checkPassword(password: string, hash: string | null): Promise<boolean> {
  const [scheme, cost, block, parallel, salt, key] = (hash ?? "").split("$");
  if (scheme !== "scrypt" || salt === undefined || key === undefined) {
    await derive(password, Buffer.alloc(16), COST_LOG2, BLOCK, PARALLEL, KEY_BYTES);
    return false;
  }
  const expected = Buffer.from(key, "base64url");
  const saltBytes = Buffer.from(salt, "base64url");
  const actual = await derive(password, saltBytes, Number(cost), Number(block), Number(parallel), expected.length);
  return timingSafeEqual(actual, expected);
}

function derive(
  password: string,
  salt: Buffer,
  costLog2: number,
  blockSize: number,
  parallelization: number,
  keyBytes: number,
): Promise<Buffer> {
  const cost = 2 ** costLog2;
  // Node's default limit is exactly what these parameters need, and it must be more.
  const maxmem = 2 * 128 * cost * blockSize;
  return new Promise((resolve, reject) => {
    scrypt(password.normalize("NFKC"), salt, keyBytes, { cost, blockSize, parallelization, maxmem }, (error, key) =>
      error === null ? resolve(key) : reject(error),
    );
  });
}
