// The one line with which a host joins: names the controller in its supervisord.conf unless that was done, and starts the agent.

export interface JoinLine {
  /** As the host reaches the controller; a port that was typed counts. */
  readonly address: string;
  /** Of the controller, for agents. */
  readonly port: number;
  readonly token: string;
  /** The host's supervisord.conf. */
  readonly file: string;
}

/** For any POSIX shell. Done twice it adds nothing a second time. */
export function joinLine({ address, port, token, file }: JoinLine): string {
  const path = quoted(file);
  const section = `[fleetvisor]\\ncontroller = ${withPort(address, port)}\\n`;
  return [
    `grep -qs '^\\[fleetvisor\\]' ${path} || printf '\\n${section.replaceAll("'", "'\\''").replaceAll("%", "%%")}' >> ${path}`,
    `FLEETVISOR_JOIN_TOKEN=${token} fvagent -c ${path}`,
  ].join("; ");
}

/** An address that no other host can reach. */
export function isLoopback(address: string): boolean {
  return /^(localhost|127\.|\[?::1)/.test(address.trim());
}

function withPort(address: string, port: number): string {
  const trimmed = address.trim();
  return /^\[.*\]:\d+$|^[^:]*:\d+$/.test(trimmed) ? trimmed : `${bracketed(trimmed)}:${port}`;
}

/** A bare IPv6 address has colons of its own. */
function bracketed(address: string): string {
  return address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
}

function quoted(text: string): string {
  return /^[\w./@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
