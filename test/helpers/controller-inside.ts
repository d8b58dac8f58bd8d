// A controller inside the test's own process: ports of the system's choice, its log kept to be looked at, logged in as admin.
import { join } from "node:path";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { JoinToken, Session } from "@fleetvisor/proto/api/v1";
import { pino } from "pino";
import { readConfig } from "../../controller/src/config/config.js";
import { Controller } from "../../controller/src/controller.js";
import { ApiClient } from "./api-client.js";
import { defer, type Scope } from "./scope.js";
import { tempDir } from "./temp-dir.js";

export interface ControllerInside {
  readonly url: string;
  readonly grpcPort: number;
  readonly dataDir: string;
  /** As the admin, by token. */
  readonly api: ApiClient;
  readonly token: string;
  /** Everything that was logged so far, of every level. */
  log(): string;
  loginCode(): Promise<string>;
  joinToken(uses?: number): Promise<string>;
  stop(): Promise<void>;
  /** Stops it, unless that was done, and starts one anew on the same data and the same ports. */
  startAgain(): Promise<void>;
}

/** Starts one; flags as on its command line (`{ heartbeat_seconds: 0.2 }`). It is stopped after the test. */
export async function controllerInside(
  t: Scope,
  flags: Readonly<Record<string, string | number>> = {},
): Promise<ControllerInside> {
  const dataDir = String(flags.data_dir ?? join(tempDir(t), "data"));
  const lines: string[] = [];
  let ports = { http: 0, grpc: 0 };
  const make = async () => {
    const config = readConfig(null, {
      data_dir: dataDir,
      http_listen: `127.0.0.1:${ports.http}`,
      grpc_listen: `127.0.0.1:${ports.grpc}`,
      ...flags,
    });
    const log = pino({ level: "trace" }, { write: (line) => void lines.push(line) });
    const controller = new Controller(config, join(dataDir, "no-web"), log);
    await controller.start();
    ports = { http: Number(new URL(controller.url).port), grpc: controller.agentsAddress.port };
    return controller;
  };
  let controller = await make();
  defer(t, () => controller.stop());

  const codeOf = async () => {
    const link = await controller.firstLoginLink();
    const code = link?.split("#code=")[1];
    if (code === undefined) throw new Error("no login link");
    return code;
  };
  const anonymous = new ApiClient(controller.url, null);
  const session = await anonymous.post<Session>(API_PATHS.login, { code: await codeOf(), tokenName: "test" });
  if (session.token === undefined) throw new Error("the login gave no token");
  const api = new ApiClient(controller.url, session.token);
  return {
    url: controller.url,
    grpcPort: ports.grpc,
    dataDir,
    api,
    token: session.token,
    log: () => lines.join(""),
    loginCode: codeOf,
    joinToken: async (uses = 1) => (await api.post<JoinToken>(API_PATHS.joinTokens, { uses })).token,
    stop: () => controller.stop(),
    async startAgain() {
      await controller.stop();
      controller = await make();
    },
  };
}
