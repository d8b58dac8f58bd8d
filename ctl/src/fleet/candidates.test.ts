import assert from "node:assert/strict";
import { test } from "node:test";
import { Argument, Command, Option } from "commander";
import { FILES } from "../render/completion-scripts.js";
import { candidatesOf } from "./candidates.js";
import type { LiveNames } from "./live-names.js";

const LIVE: LiveNames = {
  targets: async (typed) => ["web-1/", "web-2/"].filter((name) => name.startsWith(typed)),
  instances: async (typed) => ["web-1", "web-2"].filter((name) => name.startsWith(typed)),
  operations: async () => ["3f2a0000"],
};

function program(): Command {
  const made = new Command("fvctl").option("-o, --output <format>").option("--token <token>");
  made
    .command("status")
    .argument("[selector...]")
    .addOption(new Option("--sort <key>").choices(["target", "state"]))
    .option("--watch [seconds]");
  made.command("start").argument("[selector...]");
  const instances = made.command("instances");
  instances.command("list", { isDefault: true }).argument("[instance...]").option("--sort <key>");
  instances.command("remove").argument("<name>");
  made.command("completion").addArgument(new Argument("<shell>").choices(["bash", "zsh"]));
  made.command("backup").argument("<file>");
  made.command("operations").command("show").argument("<operation>");
  made.command("__complete", { hidden: true });
  return made;
}

const complete = (line: string) => {
  const words = line.split(" ");
  return candidatesOf(program(), words.slice(0, -1), words.at(-1) ?? "", LIVE);
};

test("verbs, then what they take, wherever global options stand", async () => {
  assert.deepEqual(await complete("sta"), ["start", "status"]);
  assert.deepEqual(await complete("--token x sta"), ["start", "status"]);
  assert.deepEqual(await complete("-o json status we"), ["web-1/", "web-2/"]);
  assert.deepEqual(await complete("status web-1/all we"), ["web-1/", "web-2/"]);
  assert.deepEqual(await complete("completion "), ["bash", "zsh"]);
  assert.deepEqual(await complete("completion bash "), []);
  assert.deepEqual(await complete("help st"), ["start", "status"]);
  assert.deepEqual(await complete("help se"), ["selectors"], "topics are helped with too");
  assert.deepEqual(await complete("backup fl"), [FILES], "files are the shell's own to complete");
  assert.deepEqual(await complete("operations show 3"), ["3f2a0000"]);
  assert.ok(!(await complete("")).includes("__complete"));
});

test("subcommands, and the one that is meant without a word", async () => {
  assert.deepEqual(await complete("instances "), ["list", "remove"]);
  assert.deepEqual(await complete("instances list web-1 w"), ["web-1", "web-2"]);
  assert.deepEqual(await complete("instances x w"), ["web-1", "web-2"]);
  assert.deepEqual(await complete("instances --s"), ["--sort"]);
});

test("options and their values", async () => {
  assert.deepEqual(await complete("status --s"), ["--sort"]);
  assert.deepEqual(await complete("status --"), ["--help", "--output", "--sort", "--token", "--watch"]);
  assert.deepEqual(await complete("status --sort "), ["state", "target"]);
  assert.deepEqual(await complete("status --sort=s"), ["--sort=state"]);
  assert.deepEqual(await complete("status -o n"), ["name", "ndjson"]);
  assert.deepEqual(await complete("status --watch we"), ["web-1/", "web-2/"], "its value may be left out");
});
