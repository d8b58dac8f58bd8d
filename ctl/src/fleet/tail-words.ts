// supervisorctl's `tail -1600 NAME` in words that an option parser takes. Pure.

/** `tail -N` becomes `tail --bytes N`, and `maintail` the same; every other command line stays as it is. */
export function spellOutBytes(args: readonly string[]): string[] {
  const verb = args.findIndex((word) => word === "tail" || word === "maintail");
  if (verb < 0) return [...args];
  const end = args.indexOf("--") < 0 ? args.length : args.indexOf("--");
  return args.flatMap((word, at) => {
    const digits = at > verb && at < end ? /^-(\d+)$/.exec(word)?.[1] : undefined;
    return digits === undefined ? [word] : ["--bytes", digits];
  });
}
