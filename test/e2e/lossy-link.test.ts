// A real agent and a real controller over a network that loses packets: the system's own TCP mends it, and nobody sees a host flicker.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { without } from "../helpers/needs.js";
import { runProcess } from "../helpers/processes.js";
import type { Seen } from "./inside/lossy-link.js";

const INSIDE = fileURLToPath(new URL("./inside/lossy-link.ts", import.meta.url));
/** A network of its own, in which nothing but this test is. */
const NAMESPACE = ["--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh"] as const;

/** Why packets cannot be lost on purpose here; false when they can. */
function unable(): string | false {
  const missing = without("unshare", "ip", "nft");
  if (missing !== false) return missing;
  const rule = "add table inet x; add chain inet x y { type filter hook input priority 0; }; ";
  try {
    const probe = ["nft", `${rule}add rule inet x y numgen random mod 100 < 10 counter drop`];
    execFileSync("unshare", [...NAMESPACE, ...probe], { stdio: "ignore" });
    return false;
  } catch {
    return "no network namespace with a packet filter can be made here";
  }
}

test("a link that loses a tenth of its packets and is two seconds slow loses no order, no report and never flickers; cut off it is not green", async (t) => {
  const reason = unable();
  if (reason !== false) return t.skip(reason);
  const node = [process.execPath, "--conditions=fleetvisor", "--import", "tsx", INSIDE];
  const ran = await runProcess("unshare", [...NAMESPACE, ...node], { withinMs: 300_000 });
  assert.equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`);
  const seen = JSON.parse(ran.stdout) as Seen;
  assert.ok(seen.lostPackets > 0, "packets were lost");
  assert.deepEqual(seen.whileLossy, ["live"]);
  assert.deepEqual([...new Set(seen.results)], ["succeeded"]);
  assert.deepEqual(seen.told, seen.pids, "each start once, in order");
  assert.deepEqual(seen.whenCut, { liveness: "late", livenessReason: "its connection is open but silent" });
  assert.equal(seen.afterwards, "live");
});
