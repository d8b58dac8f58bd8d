// Brings a fresh clone to where things build and, with --test, to where tests run: Debian packages, npm packages.
// Imports node's own modules only, since it runs before anything is installed. Quiet when there is nothing to do.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, readFileSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

const OLDEST_NODE = [20, 19];

/** Commands that must be on the PATH, and the Debian package of each. */
const BUILD_COMMANDS = { python3: "python3", make: "make", "g++": "g++" };
const TEST_COMMANDS = {
  supervisord: "supervisor",
  supervisorctl: "supervisor",
  chromium: "chromium",
  ip: "iproute2",
  nft: "nftables",
  zsh: "zsh",
  fish: "fish",
  faketime: "faketime",
};

/** Stops with a line for the operator and exit status 1, without a stack. */
export function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

export function say(message) {
  process.stdout.write(`${message}\n`);
}

/** Runs a command with its output on the screen. Ends this process too when a signal (Ctrl-C) ended the command. */
export function runVisibly(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: root, stdio: ["ignore", "inherit", "inherit"], ...options });
  if (result.signal !== null) process.exit(130);
  return result.status === 0;
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [oldestMajor, oldestMinor] = OLDEST_NODE;
  if (major < oldestMajor || (major === oldestMajor && minor < oldestMinor)) {
    fail(`fleetvisor needs Node ${OLDEST_NODE.join(".")} or newer; this is ${process.version} (${process.execPath})`);
  }
}

function isOnPath(command) {
  return (process.env.PATH ?? "").split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Debian packages behind the commands that are missing, each once. */
function missingPackages(commands) {
  return [
    ...new Set(
      Object.entries(commands)
        .filter(([command]) => !isOnPath(command))
        .map(([, name]) => name),
    ),
  ];
}

/**
 * Installs what is missing when this is root on a Debian, else says what to install. `why` completes "needed ...".
 * Answers whether everything is there now.
 */
function needCommands(commands, why) {
  const packages = missingPackages(commands);
  if (packages.length === 0) return true;
  if (process.getuid?.() !== 0 || !isOnPath("apt-get")) {
    say(`set-up: not installed, but needed ${why}: ${packages.join(", ")}`);
    say(`set-up: on Debian or Ubuntu run: sudo apt-get install ${packages.join(" ")}`);
    return false;
  }
  say(`set-up: installing Debian packages needed ${why}: ${packages.join(", ")}`);
  const apt = (...args) =>
    runVisibly("apt-get", ["-qq", ...args], { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } });
  apt("update");
  apt("install", "-y", "--no-install-recommends", ...packages);
  const left = missingPackages(commands);
  if (left.length > 0) say(`set-up: could not install ${left.join(", ")} (see above)`);
  return left.length === 0;
}

/** What package-lock.json asked for when node_modules was last made by `installPackages`. */
const stampFile = join(root, "node_modules/.fleetvisor-set-up");

function lockHash() {
  return createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
}

/** True when node_modules is what package-lock.json asks for: made by us from it, or by hand after it last changed. */
function packagesAreCurrent() {
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === lockHash()) return true;
  const made = statSync(join(root, "node_modules/.package-lock.json"), { throwIfNoEntry: false });
  return made !== undefined && made.mtimeMs > statSync(join(root, "package-lock.json")).mtimeMs;
}

/** Node's headers, when they came with it: then the compiler needs no download of them. */
function headersOfNode() {
  const prefix = join(dirname(process.execPath), "..");
  return existsSync(join(prefix, "include/node/node_version.h")) ? { npm_config_nodedir: prefix } : {};
}

function installPackages() {
  if (packagesAreCurrent()) return;
  // Without a compiler the install may still do: better-sqlite3 first looks for a ready-made binary.
  const canCompile = needCommands(BUILD_COMMANDS, "to compile better-sqlite3");
  say("set-up: npm ci (a minute or two: better-sqlite3 is compiled)");
  const started = Date.now();
  // NODE_ENV=production would leave out what builds need.
  const npm = ["ci", "--include=dev", "--no-progress", "--loglevel=error"];
  if (!runVisibly("npm", npm, { env: { ...process.env, ...headersOfNode() } })) {
    fail(`set-up: npm ci failed${canCompile ? "" : "; install the packages named above and try again"}`);
  }
  writeFileSync(stampFile, lockHash());
  say(`set-up: npm packages installed in ${Math.round((Date.now() - started) / 1000)} s`);
}

/**
 * Does all that is missing. With `test`, also what only tests need; what cannot be installed is then named, and the tests
 * that need it skip themselves, or fail in CI. Ends the process with status 1 when building is impossible.
 */
export function setUp({ test = false } = {}) {
  checkNode();
  installPackages();
  if (test) needCommands(TEST_COMMANDS, "by the tests");
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  setUp({ test: process.argv.includes("--test") });
}
