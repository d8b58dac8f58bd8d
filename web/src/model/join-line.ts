// The one line with which a host joins: names the controller in its supervisord.conf unless that was done, and starts the agent.

export interface JoinLine {
  /** As the host reaches the controller; a port that was typed counts. */
  readonly address: string;
  /** Of the controller, for agents. */
  readonly port: number;
  readonly token: string;
  /** The host's supervisord.conf. */
  readonly file: string;
  /** What the instance is to be called, as `isInstanceName` has it; "" for its host name. */
  readonly name: string;
}

/** For any POSIX shell. Done twice it adds nothing a second time; a name takes the place of the one that was there. */
export function joinLine({ address, port, token, file, name }: JoinLine): string {
  const path = quoted(file);
  const section = `[fleetvisor]\\ncontroller = ${withPort(address, port)}\\n`;
  return [
    `grep -qs '^\\[fleetvisor\\]' ${path} || printf '\\n${section.replaceAll("'", "'\\''").replaceAll("%", "%%")}' >> ${path}`,
    ...(name === ""
      ? []
      : [`sed -i '/^\\[fleetvisor\\]/,/^\\[/{/^ *name *[=:]/d}; s/^\\[fleetvisor\\].*/&\\nname = ${name}/' ${path}`]),
    `FLEETVISOR_JOIN_TOKEN=${token} fvagent -c ${path}`,
  ].join("; ");
}

/** A name that agents take: every selector can hold it, and no shell reads it as anything else. */
export function isInstanceName(name: string): boolean {
  return /^\w(?:[\w.-]*\w)?$/.test(name);
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
