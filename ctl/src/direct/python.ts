// Where Python shows through in supervisorctl's output: repr, int, and the text of its exceptions.
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { XmlRpcSyntaxError } from "@fleetvisor/proto/xmlrpc/codec";
import { HttpStatusError, PythonException, RpcFault } from "./errors.js";

/** `repr` of a string (supervisor-compat.md 0.3). */
export function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const named: Readonly<Record<string, string>> = {
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\\": "\\\\",
    [quote]: `\\${quote}`,
  };
  const inner = text.replace(/[\\'"\x00-\x1f\x7f]/g, (mark) => {
    const escaped = named[mark];
    if (escaped !== undefined) return escaped;
    return mark === "'" || mark === '"' ? mark : `\\x${mark.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
  return `${quote}${inner}${quote}`;
}

/** `int(text)`, or null where Python raises ValueError. */
export function pythonInt(text: string): number | null {
  return /^\s*[+-]?\d+(_\d+)*\s*$/.test(text) ? Number(text.replaceAll("_", "")) : null;
}

/** `text.split()`: the words between white space. */
export function splitWords(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

/** Pads to `width` code points, as `%-10s` does. */
export function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - [...text].length));
}

/** System call failures: Python's class, number and text on Linux. */
const SYSTEM_ERRORS: Readonly<Record<string, readonly [pythonClass: string, value: string]>> = {
  EPERM: ["PermissionError", "[Errno 1] Operation not permitted"],
  ENOENT: ["FileNotFoundError", "[Errno 2] No such file or directory"],
  EACCES: ["PermissionError", "[Errno 13] Permission denied"],
  ENOTDIR: ["NotADirectoryError", "[Errno 20] Not a directory"],
  EPIPE: ["BrokenPipeError", "[Errno 32] Broken pipe"],
  ENAMETOOLONG: ["OSError", "AF_UNIX path too long"],
  EINVAL: ["OSError", "AF_UNIX path too long"],
  ENETUNREACH: ["OSError", "[Errno 101] Network is unreachable"],
  ECONNRESET: ["ConnectionResetError", "[Errno 104] Connection reset by peer"],
  ETIMEDOUT: ["TimeoutError", "[Errno 110] Connection timed out"],
  ECONNREFUSED: ["ConnectionRefusedError", "[Errno 111] Connection refused"],
  EHOSTUNREACH: ["OSError", "[Errno 113] No route to host"],
  ENOTFOUND: ["socket.gaierror", "[Errno -2] Name or service not known"],
  EAI_AGAIN: ["socket.gaierror", "[Errno -3] Temporary failure in name resolution"],
};

/** Class and value of the Python exception that this failure is to supervisorctl. */
export function pythonException(thrown: unknown): { pythonClass: string; value: string } {
  if (thrown instanceof PythonException) return { pythonClass: thrown.pythonClass, value: thrown.message };
  if (thrown instanceof RpcFault) {
    return { pythonClass: "xmlrpc.client.Fault", value: `<Fault ${thrown.code}: ${repr(thrown.text)}>` };
  }
  if (thrown instanceof HttpStatusError) {
    const value = `<ProtocolError for 127.0.0.1/RPC2: ${thrown.status} ${thrown.reason}>`;
    return { pythonClass: "xmlrpc.client.ProtocolError", value };
  }
  if (thrown instanceof Error && thrown.message === "socket hang up") {
    return { pythonClass: "http.client.RemoteDisconnected", value: "Remote end closed connection without response" };
  }
  if (thrown instanceof XmlRpcSyntaxError) {
    return { pythonClass: "xml.parsers.expat.ExpatError", value: "the answer is no XML-RPC" };
  }
  const [pythonClass, value] = SYSTEM_ERRORS[errnoOf(thrown) ?? ""] ?? ["Exception", null];
  return { pythonClass, value: value ?? (thrown instanceof Error ? thrown.message : String(thrown)) };
}
