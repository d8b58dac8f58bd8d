// `fvctl open`: the web page of a process or an instance, printed and shown in a browser where there is one.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Instance, ProcessList } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import type { ApiClient } from "../fleet/client.js";
import { type AddCommand, examples } from "../fleet/command.js";
import type { World } from "../fleet/world.js";

export const addOpen: AddCommand = (program, run) => {
  program
    .command("open")
    .description("print the address of a web page, and show it in a browser where there is one")
    .argument("[target]", "a process or an instance; several processes are their list; the fleet without")
    .option("--print", "only print it")
    .addHelpText(
      "after",
      `
The browser is $BROWSER, or what xdg-open takes when there is a display.
${examples(
  ["fvctl open web-1/api:worker", "the page of one process"],
  ["fvctl open web-1", "of one instance"],
  ["fvctl open state=FATAL", "the list of these processes"],
  ["fvctl open --print", "the fleet's, only as an address"],
)}`,
    )
    .action((target: string | undefined, options: { readonly print?: boolean }, command) =>
      run(command, (world) => open(world, target, options.print === true)),
    );
};

async function open(world: World, target: string | undefined, printsOnly: boolean): Promise<Exit> {
  world.output("table");
  const client = await world.client();
  const address = new URL(target === undefined ? "/" : await pageOf(client, target), client.url).href;
  await world.io.out(`${address}\n`);
  const browser = browserOf(world.io.env);
  if (printsOnly || browser === null || !world.io.stdoutIsTerminal) return "ok";
  try {
    // With a process group of its own: it lives on, and Ctrl-C here is not for it.
    const child = spawn(browser, [address], { detached: true, stdio: "ignore" });
    await once(child, "spawn");
    child.unref();
    return "ok";
  } catch (thrown) {
    throw new FleetError("unavailable", `cannot start ${browser}: ${FleetError.from(thrown).message}`);
  }
}

function browserOf({ BROWSER: chosen, DISPLAY: x, WAYLAND_DISPLAY: wayland }: World["io"]["env"]): string | null {
  if (chosen !== undefined && chosen !== "") return chosen;
  return (x ?? "") === "" && (wayland ?? "") === "" ? null : "xdg-open";
}

/** Throws `not-found` for what is neither an instance nor means a process. */
async function pageOf(client: ApiClient, target: string): Promise<string> {
  const name = target.replace(/\/$/, "");
  if (/^[^/:=*?[\]\s,]+$/.test(name)) {
    const path = apiPath("instance", { instance: name });
    const instance = await client.get<Instance>(path).catch((thrown: unknown) => {
      if (thrown instanceof FleetError && thrown.kind === "not-found") return null;
      throw thrown;
    });
    if (instance !== null) return pagePath(path);
  }
  const { items, total } = await client.get<ProcessList>(API_PATHS.processes, { selector: target, limit: 1 });
  const [only] = items;
  if (only === undefined) throw new FleetError("not-found", `${target} is no instance and means no process`);
  if (total > 1) return `/processes?q=${encodeURIComponent(target)}`;
  return pagePath(apiPath("process", { instance: only.instance, group: only.group, name: only.name }));
}

/** Pages stand where the API has the same thing. */
function pagePath(path: string): string {
  return path.replace(/^\/api\/v1/, "");
}
