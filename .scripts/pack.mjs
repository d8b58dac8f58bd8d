// `npm run pack`: three packages of what was built, for `npm install -g` on other hosts, which need no checkout then and, but for the
// controller, no compiler. `--out DIR` puts them there instead.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { fail, root, runVisibly, say } from "./setup.mjs";

const { values } = parseArgs({ options: { out: { type: "string", default: join(root, ".packages") } } });
const out = resolve(values.out);

/** What each holds, by its place in the checkout, which programs count on, and what it does not hold and installs. */
const PACKAGES = {
  agent: { holds: ["agent/bin", "agent/dist/daemon"], installs: ["koffi"] },
  ctl: { holds: ["ctl/bin", "ctl/dist/fvctl.cjs"], installs: [] },
  controller: { holds: ["controller/bin", "controller/dist", "web/dist"], installs: "all" },
};

const json = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

function manifest(workspace, installs) {
  const { name, version, description, license, bin, dependencies } = json(`${workspace}/package.json`);
  const wanted = Object.entries(dependencies).filter(([name]) =>
    installs === "all" ? !name.startsWith("@fleetvisor/") : installs.includes(name),
  );
  return {
    ...{ name, version, description, license },
    os: ["linux"],
    engines: json("package.json").engines,
    bin: Object.fromEntries(Object.entries(bin).map(([command, file]) => [command, `${workspace}/${file}`])),
    dependencies: Object.fromEntries(wanted),
  };
}

/** Neither types nor maps: what runs and no more. */
const runs = (path) => !/\/types(\/|$)|\.map$|\.tsbuildinfo$/.test(path);

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
for (const [workspace, { holds, installs }] of Object.entries(PACKAGES)) {
  const dir = mkdtempSync(join(tmpdir(), "fleetvisor-pack-"));
  try {
    for (const path of holds) cpSync(join(root, path), join(dir, path), { recursive: true, filter: runs });
    writeFileSync(join(dir, "package.json"), `${JSON.stringify(manifest(workspace, installs), null, 2)}\n`);
    cpSync(join(root, "README.md"), join(dir, "README.md"));
    if (!runVisibly("npm", ["pack", "--silent", "--pack-destination", out, dir])) fail(`cannot pack ${workspace}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
for (const name of readdirSync(out)) say(`npm install -g ${join(out, name)}`);
