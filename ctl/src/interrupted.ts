// Ctrl-C where it ends what is being asked or done: thrown up to whoever can leave in good order.

/** A person pressed Ctrl-C. The shell leaves with an empty line, a single command with the status that shells give SIGINT. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
  }
}
