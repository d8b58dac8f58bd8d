// A real fvcontroller in a test: own folder, free ports, logged in by its one-time link, killable and startable again.
import { join } from "node:path";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { JoinToken, Session } from "@fleetvisor/proto/api/v1";
import { ApiClient } from "./api-client.js";
import { eventually } from "./eventually.js";
import { FVCONTROLLER } from "./paths.js";
import { freePort } from "./ports.js";
import { type Running, startProcess } from "./processes.js";
import type { Scope } from "./scope.js";
import { tempDir } from "./temp-dir.js";

export interface Controller {
  readonly url: string;
  readonly httpPort: number;
  readonly grpcPort: number;
  readonly dataDir: string;
  /** The process of now; another one after `startAgain`. */
  readonly process: Running;
  /** As the admin. */
  readonly api: ApiClient;
  readonly token: string;
  joinToken(uses?: number): Promise<string>;
  /** Ends it without a chance to say goodbye. */
  crash(): Promise<void>;
  /** Same data, same ports. */
  startAgain(): Promise<void>;
}

/** The one-time link in what a first start prints, and the code inside. */
export const LOGIN_LINK = /(https?:\/\/\S+[?#&]code=([^\s&]+))/;

async function isReady(url: string): Promise<boolean> {
  return (await fetch(new URL("/readyz", url), { signal: AbortSignal.timeout(5_000) })).ok;
}

/**
 * Starts a controller and logs in. It is ended after the test. Its data is in a folder of its own if none is given; `flags` are further
 * ones of its command line.
 */
export async function startController(
  t: Scope,
  dataDir = join(tempDir(t), "data"),
  flags: readonly string[] = [],
): Promise<Controller> {
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const url = `http://127.0.0.1:${httpPort}`;
  const start = async () => {
    const running = await startProcess(t, process.execPath, [
      FVCONTROLLER,
      ...["--data-dir", dataDir],
      ...["--http-listen", `127.0.0.1:${httpPort}`],
      ...["--grpc-listen", `127.0.0.1:${grpcPort}`],
      ...flags,
    ]);
    await eventually(
      async () => {
        if (running.child.exitCode !== null) return true;
        return isReady(url);
      },
      { what: "the controller is ready", context: running.output },
    );
    if (running.child.exitCode !== null) throw new Error(`the controller did not start:\n${running.output()}`);
    return running;
  };

  let running = await start();
  const link = await running.says(LOGIN_LINK);
  const session = await new ApiClient(url, null).post<Session>(API_PATHS.login, { code: link[2], tokenName: "test" });
  const { token } = session;
  if (token === undefined) throw new Error("the login gave no token");
  const api = new ApiClient(url, token);
  return {
    url,
    httpPort,
    grpcPort,
    dataDir,
    get process() {
      return running;
    },
    api,
    token,
    joinToken: async (uses = 1) => (await api.post<JoinToken>(API_PATHS.joinTokens, { uses })).token,
    async crash() {
      await running.stop("SIGKILL");
    },
    async startAgain() {
      running = await start();
    },
  };
}
