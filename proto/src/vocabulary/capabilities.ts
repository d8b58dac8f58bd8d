// What agents can do beyond the first release of the link, so that a controller tells one that is too old apart.

/** Every capability with what it means. An agent says those of its own release in its Hello. */
export const CAPABILITIES = {
  "log-search": "searches its logs for the controller (LogSearch)",
  xmlrpc: "answers XML-RPC calls and shows its own log to the controller (RpcCall, LogOpen of main)",
  questions: "tells pages of its logs, and its configuration (Question)",
} as const;

export type Capability = keyof typeof CAPABILITIES;

export const CAPABILITY_NAMES = Object.keys(CAPABILITIES) as readonly Capability[];
