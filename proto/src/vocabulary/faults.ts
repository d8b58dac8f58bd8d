// The faults of supervisord's XML-RPC interface: name to number (supervisor 4.x xmlrpc.py, Faults).

export const FAULTS = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
} as const;

export type FaultName = keyof typeof FAULTS;
export type FaultCode = (typeof FAULTS)[FaultName];

const NAMES = new Map<number, FaultName>(Object.entries(FAULTS).map(([name, code]) => [code, name as FaultName]));

/** Name of a fault number, or null for a number that supervisord does not define. */
export function faultName(code: number): FaultName | null {
  return NAMES.get(code) ?? null;
}

/** `NAME`, or `NAME: extra`, as supervisord words a fault. */
export function faultText(name: FaultName, extra?: string): string {
  return extra === undefined ? name : `${name}: ${extra}`;
}

/** A fault as a thrown value: the answer of an XML-RPC method that could not do its work. */
export class Fault extends Error {
  constructor(
    readonly fault: FaultName,
    readonly extra?: string,
  ) {
    super(faultText(fault, extra));
    this.name = "Fault";
  }

  get code(): FaultCode {
    return FAULTS[this.fault];
  }
}
