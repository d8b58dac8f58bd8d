// Paths to disks: which can hang while the system goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { diskThatMayHang, parseMounts } from "./mounts.js";

const MOUNTS = parseMounts(`22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
23 22 0:21 / /dev rw - devtmpfs devtmpfs rw
24 22 0:22 / /proc rw - proc proc rw
25 22 0:23 / /run rw - tmpfs tmpfs rw
26 22 0:40 / /srv/nfs rw shared:7 master:2 - nfs4 host:/export rw
27 22 254:16 / /var/log rw - xfs /dev/vdb rw
28 22 254:0 /data /mnt/same rw - ext4 /dev/vda rw
29 27 0:24 / /var/log/memory rw - tmpfs tmpfs rw
30 22 254:32 / /mnt/two\\040words rw - ext4 /dev/vdc rw
31 22 254:48 / /mnt/covered rw - ext4 /dev/vdd rw
32 31 0:25 / /mnt/covered rw - tmpfs tmpfs rw
`);

const LINKS: Readonly<Record<string, string>> = {
  "/var/www/logs": "/srv/nfs/www",
  "/var/www/near": "../../mnt/same/near",
  "/dev/stdout": "/proc/self/fd/1",
  "/proc/self/fd/1": "/var/log/out",
  "/loop": "/loop",
  "/mnt/same/out": "../two words",
};

const disk = (path: string) =>
  diskThatMayHang(path, MOUNTS, (place) => {
    assert.doesNotMatch(
      place,
      /^\/(srv\/nfs|var\/log|mnt\/two words)(\/(?!memory)|$)/,
      "a disk that can hang is never asked",
    );
    return LINKS[place] ?? null;
  });

test("a disk of its own may hang, one that the system is on or memory may not", () => {
  assert.equal(disk("/srv/nfs/web/out.log"), "0:40");
  assert.equal(disk("/var/log/out.log"), "254:16");
  assert.equal(disk("/mnt/two words/out.log"), "254:32");
  for (const path of [
    "/srv/nfsx/out.log",
    "/opt/out.log",
    "/run/out.log",
    "/mnt/same/out.log",
    "/mnt/covered/out.log",
  ]) {
    assert.equal(disk(path), null, path);
  }
});

test("links lead on, relative ones and those of open files too, and a ring of them nowhere", () => {
  assert.equal(disk("/var/www/logs/out.log"), "0:40");
  assert.equal(disk("/var/www/near/out.log"), null);
  assert.equal(disk("/mnt/same/out/x.log"), "254:32");
  assert.equal(disk("/dev/stdout"), "254:16");
  assert.equal(disk("/loop/out.log"), null);
});

test("what lies on memory behind a disk that may hang is found through that disk", () => {
  assert.equal(disk("/var/log/memory/out.log"), "254:16");
});

test("lines that are none are left out", () => {
  assert.deepEqual(parseMounts("\nwords\n1 2 3\n"), []);
  assert.equal(
    diskThatMayHang("/x", [], () => null),
    null,
  );
});
