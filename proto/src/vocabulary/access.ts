// What somebody can be allowed to do, and the roles that stand for lists of it.

/** Every verb with what it allows. A grant of any verb also allows `read` of what it covers. */
export const ACCESS_VERBS = {
  read: "see instances, processes, their history and operations on them",
  logs: "read the logs of processes",
  start: "start processes",
  stop: "stop processes",
  restart: "restart processes",
  signal: "send signals to processes",
  stdin: "write to the standard input of processes",
  clear: "empty the logs of processes",
  configure: "have instances read their configuration anew, add and remove groups, begin anew and shut down",
  administer: "remove instances; over the whole fleet also users, grants, tokens, sessions and the audit",
} as const;

export type AccessVerb = keyof typeof ACCESS_VERBS;

/** Between "may not" and the target, where the verb's name is no verb. */
const PHRASES: { readonly [V in AccessVerb]?: string } = {
  logs: "read the logs of",
  stdin: "write to the standard input of",
  clear: "empty the logs of",
};

/** `restart`, `read the logs of`: the verb in a sentence. */
export function phraseOf(verb: AccessVerb): string {
  return PHRASES[verb] ?? verb;
}

export const ACCESS_VERB_NAMES = Object.keys(ACCESS_VERBS) as readonly AccessVerb[];

/** Each role with its verbs, from the least to the most. */
export const ROLE_VERBS = {
  viewer: ["read", "logs"],
  operator: ["read", "logs", "start", "stop", "restart", "signal", "stdin", "clear"],
  admin: ["read", "logs", "start", "stop", "restart", "signal", "stdin", "clear", "configure", "administer"],
} as const satisfies Readonly<Record<string, readonly AccessVerb[]>>;

export type Role = keyof typeof ROLE_VERBS;

export const ROLES = Object.keys(ROLE_VERBS) as readonly Role[];

/** What a user may be called: it stands in URLs, in `USER@INSTANCE` and before the colon of a Basic login without quoting. */
export const USER_NAME = /^[A-Za-z0-9_][A-Za-z0-9._@+-]{0,127}$/;
