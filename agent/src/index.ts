// The supervisor core as a library; importing it starts nothing.
export {
  type Effect,
  type ExitStatus,
  type Input,
  newProcess,
  type Process,
  type ProcessRules,
  type StateEvent,
  transition,
} from "./core/process.js";
export { systemClock } from "./run/clock.js";
export { restartProcess, signalProcess, startProcess, stopProcess } from "./run/control.js";
export type { ManagedProcess, StateChange } from "./run/managed-process.js";
export type { ActivityLog, Clock, Spawner } from "./run/ports.js";
export { PosixSpawner } from "./run/spawner.js";
export type { GroupSpec, ProcessSpec } from "./run/spec.js";
export { Supervisor, type SupervisorEvent } from "./run/supervisor.js";
