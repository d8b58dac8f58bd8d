// The addresses of the HTTP API and the filling of their `:names`; apart from v1.ts so that the web page need not carry
// the schemas.

/** Every address of the API, so that server, fvctl and web page cannot disagree. Names are percent-encoded by `apiPath`. */
export const API_PATHS = {
  login: "/api/v1/login",
  session: "/api/v1/session",
  password: "/api/v1/session/password",
  tokens: "/api/v1/tokens",
  token: "/api/v1/tokens/:id",
  sessions: "/api/v1/sessions",
  sessionOf: "/api/v1/sessions/:id",
  joinTokens: "/api/v1/join-tokens",
  joinToken: "/api/v1/join-tokens/:id",
  users: "/api/v1/users",
  user: "/api/v1/users/:user",
  userPassword: "/api/v1/users/:user/password",
  userDisable: "/api/v1/users/:user/disable",
  userEnable: "/api/v1/users/:user/enable",
  grants: "/api/v1/grants",
  grant: "/api/v1/grants/:id",
  audit: "/api/v1/audit",
  auditCheck: "/api/v1/audit/check",
  backup: "/api/v1/backup",
  controller: "/api/v1/controller",
  explain: "/api/v1/explain",
  fleet: "/api/v1/fleet",
  instances: "/api/v1/instances",
  instance: "/api/v1/instances/:instance",
  instanceMetrics: "/api/v1/instances/:instance/metrics",
  processes: "/api/v1/processes",
  process: "/api/v1/instances/:instance/processes/:group/:name",
  processMetrics: "/api/v1/instances/:instance/processes/:group/:name/metrics",
  instanceConfig: "/api/v1/instances/:instance/config",
  processConfig: "/api/v1/instances/:instance/processes/:group/:name/config",
  processStdin: "/api/v1/instances/:instance/processes/:group/:name/stdin",
  log: "/api/v1/instances/:instance/processes/:group/:name/logs/:channel",
  logPage: "/api/v1/instances/:instance/processes/:group/:name/logs/:channel/page",
  logsStream: "/api/v1/logs/stream",
  logSearch: "/api/v1/logs/search",
  logStream: "/api/v1/instances/:instance/processes/:group/:name/logs/:channel/stream",
  events: "/api/v1/events",
  operations: "/api/v1/operations",
  operation: "/api/v1/operations/:id",
  operationTargets: "/api/v1/operations/:id/targets",
  operationControl: "/api/v1/operations/:id/:control",
  stream: "/api/v1/stream",
  openapi: "/api/v1/openapi.json",
} as const;

/** Fills the `:names` of an API path, percent-encoding each value. Throws when one is missing: that is a defect. */
export function apiPath(path: keyof typeof API_PATHS, values: Readonly<Record<string, string>> = {}): string {
  return API_PATHS[path].replace(/:([a-z]+)/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`no value for :${key} in ${API_PATHS[path]}`);
    return encodeURIComponent(value);
  });
}
