// The failures of a call to a supervisord that commands tell apart; node's own errors come beside them.

/** The server answered with a fault. */
export class RpcFault extends Error {
  constructor(
    readonly code: number,
    readonly text: string,
  ) {
    super(text);
  }
}

/** The server answered with an HTTP status other than 200. */
export class HttpStatusError extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
  ) {
    super(`${status} ${reason}`);
  }
}

/** A failure that supervisorctl would meet as the Python exception named. */
export class PythonException extends Error {
  constructor(
    readonly pythonClass: string,
    message: string,
  ) {
    super(message);
  }
}
