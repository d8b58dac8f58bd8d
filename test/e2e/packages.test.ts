// What `npm run pack` makes runs where there is no checkout: each package unpacked alone, with the npm packages that it asks for.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ROOT } from "../helpers/paths.js";
import { runProcess } from "../helpers/processes.js";
import { tempDir } from "../helpers/temp-dir.js";

test("agent, fvctl and controller run out of their packages", async (t) => {
  const out = join(tempDir(t), "packages");
  const packed = await runProcess(process.execPath, [join(ROOT, ".scripts/pack.mjs"), "--out", out], {
    withinMs: 60_000,
  });
  assert.equal(packed.code, 0, packed.stderr);
  const files = readdirSync(out).sort();
  assert.deepEqual(
    files.map((name) => name.replace(/-\d.*/, "")),
    ["fleetvisor-agent", "fleetvisor-controller", "fleetvisor-ctl"],
  );
  const config = join(out, "supervisord.conf");
  writeFileSync(config, "[supervisord]\n[program:a]\ncommand=/bin/true\n");
  const runs: Record<string, { readonly args: string[]; readonly says: RegExp }> = {
    fvagent: { args: ["-t", "--json", "-c", config], says: /"command": ?"\/bin\/true"/ },
    fvctl: { args: ["--help"], says: /Usage: fvctl/ },
    fvcontroller: { args: ["--help"], says: /Usage: fvcontroller/ },
  };
  for (const file of files) {
    const dir = join(out, file.replace(/\.tgz$/, ""));
    mkdirSync(dir);
    assert.equal((await runProcess("tar", ["-xzf", join(out, file), "-C", dir, "--strip-components=1"])).code, 0);
    const { bin, dependencies } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8"));
    for (const name of Object.keys(dependencies)) {
      mkdirSync(join(dir, "node_modules", name, ".."), { recursive: true });
      symlinkSync(join(ROOT, "node_modules", name), join(dir, "node_modules", name));
    }
    for (const [command, path] of Object.entries<string>(bin)) {
      const wanted = runs[command];
      assert.ok(wanted !== undefined, command);
      const done = await runProcess(join(dir, path), wanted.args, { cwd: dir });
      assert.equal(done.code, 0, `${command}: ${done.stdout}${done.stderr}`);
      assert.match(done.stdout, wanted.says);
    }
  }
  assert.ok(readdirSync(join(out, "fleetvisor-controller-0.1.0", "web/dist")).includes("index.html"));
});
