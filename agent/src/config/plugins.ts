// Python callables that a configuration names: `module:callable` of `[rpcinterface:x]` and `result_handler`. We stand in
// for supervisor's own; any other is refused in supervisord's words for a plugin that is not installed.
import { invalid } from "./datatypes.js";
import { Names } from "./expand.js";
import { RPCINTERFACE } from "./options.js";
import { repr } from "./python-text.js";
import { type Reading, SectionReader } from "./reading.js";
import type { RpcInterfaceConfig } from "./resolved.js";
import type { World } from "./world.js";

const FACTORY = "supervisor.rpcinterface_factory";

/** supervisor's own callables that have their counterpart here. */
export const KNOWN_PLUGINS: ReadonlySet<string> = new Set([
  "supervisor.rpcinterface:make_main_rpcinterface",
  "supervisor.dispatchers:default_handler",
]);

/** `[rpcinterface:x]` sections in file order (supervisor 4.2.5 options.py, Options.get_plugins). */
export function readRpcInterfaces(reading: Reading): RpcInterfaceConfig[] {
  return reading.sections("rpcinterface:").map((section) => {
    const reader = new SectionReader(reading, section, new Names(reading.environ));
    const before = reading.errors.length;
    const spec = reader.get(FACTORY, RPCINTERFACE[FACTORY]);
    let factory = "";
    if (spec !== null) factory = resolvePlugin(reader, FACTORY, spec, reading.world);
    else if (reading.errors.length === before) reader.fail(null, `section [${section}] does not specify a ${FACTORY}`);
    return { name: section.slice(section.indexOf(":") + 1), factory, options: readExtras(reading, reader) };
  });
}

/** Every option but the factory, expanded, as text. */
function readExtras(reading: Reading, reader: SectionReader): Record<string, string> {
  const { sections, defaults } = reading.ini;
  const names = new Set([...(sections.get(reader.section)?.options.keys() ?? []), ...defaults.keys()]);
  names.delete(FACTORY);
  return Object.fromEntries([...names].map((name) => [name, reader.get(name, RPCINTERFACE[FACTORY]) ?? ""]));
}

/** `module:callable` without blanks; notes a spec that cannot be used. */
export function resolvePlugin(reader: SectionReader, option: string, spec: string, world: World): string {
  const parsed = reader.attempt(option, () => parseSpec(spec));
  if (parsed === null) return spec;
  const { module, attributes } = parsed;
  if (!world.canImport(module, attributes)) {
    reader.fail(option, `${spec} cannot be resolved within [${reader.section}]`);
  }
  return attributes === "" ? module : `${module}:${attributes}`;
}

/** pkg_resources' form of an entry point: `module`, `module:attributes`, and `[extras]` that nobody looks at. */
function parseSpec(spec: string): { module: string; attributes: string } {
  const form = /^\s*([\p{L}\p{N}_.]+)\s*(?::\s*([\p{L}\p{N}_.]+))?\s*(?:\[.*\])?\s*$/u.exec(spec);
  if (form === null) {
    throw invalid(`("EntryPoint must be in 'name=module:attrs [extras]' format", ${repr(`x=${spec}`)})`);
  }
  const [, module = "", attributes = ""] = form;
  if (!/^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*$/u.test(module)) throw invalid(`('Invalid module name', ${repr(module)})`);
  return { module, attributes };
}
