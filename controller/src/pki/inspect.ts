// Looks the certificate authority over without making or changing anything.
import { createPrivateKey, X509Certificate } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Finding } from "../store/sqlite/inspect.js";
import { readPair } from "./authority.js";

/** Whether the authority of a data directory is there, whole and its owner's alone. Never throws for what is wrong with it. */
export async function inspectAuthority(dataDir: string): Promise<Finding> {
  const what = "certificate authority";
  const dir = join(dataDir, "pki");
  try {
    const pair = await readPair(dir, "ca");
    if (pair === null) throw new Error(`${join(dir, "ca.pem")} is not there`);
    const certificate = new X509Certificate(pair.certificatePem);
    if (!certificate.checkPrivateKey(createPrivateKey(pair.keyPem))) {
      throw new Error(`${join(dir, "ca.pem")} holds a key of another certificate`);
    }
    if (Date.parse(certificate.validTo) < Date.now()) throw new Error(`it ended on ${certificate.validTo}`);
    const { mode } = await stat(join(dir, "ca.pem"));
    if ((mode & 0o077) !== 0) throw new Error(`${join(dir, "ca.pem")} can be read by others than its owner`);
    return { what, good: true, detail: `good until ${new Date(certificate.validTo).toISOString().slice(0, 10)}` };
  } catch (error) {
    const detail = errnoOf(error) === null ? FleetError.from(error).message : `${dir}: ${errnoOf(error)}`;
    return { what, good: false, detail };
  }
}
