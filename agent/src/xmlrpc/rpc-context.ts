// What the XML-RPC calls and the status page need of the daemon around the supervisor.
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import type { ChildLog } from "../run/child-log.js";
import type { GroupSpec } from "../run/spec.js";
import type { Supervisor } from "../run/supervisor.js";

export type Struct = { [key: string]: XmlRpcValue };

/** For whom a call is made. */
export interface Caller {
  /** What the state changes that follow carry as their order; null for none. */
  readonly orderId: string | null;
  /** Whether there is such a process for the caller: one that is not covered is spoken of as one that does not exist. */
  covers(group: string, name: string): boolean;
}

/** Who may reach a socket of the daemon may do everything. */
export const HOST_CALLER: Caller = { orderId: null, covers: () => true };

/** What the calls need of the daemon around the supervisor. */
export interface RpcContext {
  readonly supervisor: Supervisor;
  readonly caller: Caller;
  /** Groups of the configuration as last read. */
  configured(): readonly GroupSpec[];
  /** Entries of `getAllConfigInfo` without `inuse`, of the configuration as last read. */
  configInfo(): readonly Struct[];
  /** Reads the configuration again. Throws Fault CANT_REREAD and keeps the old one when it is bad. */
  reread(): void;
  /** Tells listeners of a remote communication event. */
  announce(type: string, data: string): void;
  /** The identifier of the configuration as last read. */
  identification(): string;
  /** The supervisord version whose behaviour is shown. */
  readonly version: string;
  readonly mainLog: ChildLog;
  /** Stops everything, then ends or begins anew. Returns at once. The changes that follow carry the order that asks, if one does. */
  shutdown(orderId: string | null): void;
  restart(orderId: string | null): void;
}
