// Versions this agent says of itself.

/** fleetvisor's own. */
export const VERSION = "0.1.0";

/** The supervisord whose behaviour it shows; scripts read this one. */
export const SUPERVISOR_VERSION = "4.2.5";
