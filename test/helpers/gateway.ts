// Callers of the XML-RPC gateway in tests: users with tokens, and where and how they call.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Session, UserRequest } from "@fleetvisor/proto/api/v1";
import { ApiClient } from "./api-client.js";
import type { Endpoint } from "./xmlrpc.js";

/** Adds a user with grants, by an admin's client; answers a token of theirs. */
export async function addUser(
  api: ApiClient,
  name: string,
  ...grants: NonNullable<UserRequest["grants"]>
): Promise<string> {
  const password = "a long password";
  await api.post(API_PATHS.users, { name, password, grants });
  const login = { username: name, password, tokenName: "gateway" };
  const { token } = await new ApiClient(api.url, null).post<Session>(API_PATHS.login, login);
  if (token === undefined) throw new Error(`no token for ${name}`);
  return token;
}

/** Where a user calls an instance, as `USER@INSTANCE`. */
export function gatewayTo(url: string, instance: string, user: string, token: string): Endpoint {
  return { port: Number(new URL(url).port), username: `${user}@${instance}`, password: token };
}

/** The supervisorctl section of a config that has it call through a controller. */
export function gatewayConfig(url: string, instance: string, user: string, token: string): string {
  return `[supervisorctl]\nserverurl = ${url}\nusername = ${user}@${instance}\npassword = ${token}\n`;
}
