// Requests that change something: login and logout, passwords, join tokens, operations.

import { apiPath } from "@fleetvisor/proto/api/paths";
import type {
  LoginRequest,
  Operation,
  OperationImpact,
  OperationRequest,
  OperationTarget,
  PasswordRequest,
  Session,
} from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { OperationControl } from "@fleetvisor/proto/vocabulary/operations";
import { call, rememberSession } from "./client.js";

export async function fetchSession(signal?: AbortSignal): Promise<Session> {
  return rememberSession(await call<Session>(apiPath("session"), signal === undefined ? {} : { signal }));
}

export async function login(request: LoginRequest): Promise<Session> {
  return rememberSession(await call<Session>(apiPath("login"), { method: "POST", body: request }));
}

export function logout(): Promise<void> {
  return call(apiPath("session"), { method: "DELETE" });
}

export function choosePassword(request: PasswordRequest): Promise<void> {
  return call(apiPath("password"), { method: "POST", body: request });
}

/** Begins an operation. */
export function operate(request: OperationRequest): Promise<Operation> {
  return call(apiPath("operations"), { method: "POST", body: request });
}

export interface Preview {
  readonly impact: OperationImpact;
  /** The first targets, in the order of their batches. */
  readonly named: readonly OperationTarget[];
}

/** What an operation would touch, at most so many targets by name. Nothing is done. */
export async function previewOperation(request: OperationRequest, mostTargets: number): Promise<Preview> {
  const { impact, targets } = await operate({ ...request, dryRun: true, mostTargets });
  if (impact === undefined) throw new FleetError("internal", "the controller is older than this page: load it anew");
  return { impact, named: targets };
}

/** Pauses, resumes or aborts an operation; answers it as it is then. */
export function controlOperation(id: string, control: OperationControl): Promise<Operation> {
  return call(apiPath("operationControl", { id, control }), { method: "POST" });
}

/** The agent is refused from now on; what runs on the host goes on. */
export function removeInstance(instance: string): Promise<void> {
  return call(apiPath("instance", { instance }), { method: "DELETE" });
}
