// The C library functions that Node lacks, typed: posix_spawn, pipes, wait4, limits. Linux with glibc.
import { closeSync } from "node:fs";
import koffi from "koffi";

/** Sizes of the opaque glibc structures, the same on x86-64 and aarch64; a little larger does no harm. */
const FILE_ACTIONS_BYTES = 80;
const SPAWN_ATTR_BYTES = 336;
const SIGSET_BYTES = 128;
const RUSAGE_BYTES = 144;

const O_CLOEXEC = 0o2000000;
const POSIX_SPAWN_SETPGROUP = 0x02;
const POSIX_SPAWN_SETSIGDEF = 0x04;
const POSIX_SPAWN_SETSIGMASK = 0x08;
const WNOHANG = 1;
const F_SETFL = 4;
const F_SETPIPE_SZ = 1031;
const O_NONBLOCK = 0o4000;
/** By number of Linux. */
const RESOURCES = { openFiles: 7, processes: 6 } as const;

const AF_UNIX = 1;
const AF_INET = 2;
const SOCK_STREAM = 1;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
/** As much of a path as a socket address holds, with its closing zero. */
const SUN_PATH_BYTES = 108;
const MADV_DONTNEED = 4;
const LOG_USER = 1 << 3;
const LOG_INFO = 6;
/** What supervisord calls itself in syslog. */
const IDENT = "supervisord";

type Native = (...args: unknown[]) => number;

/** `struct hostent` of netdb.h. */
const HOSTENT = koffi.struct({
  name: "void *",
  aliases: "void *",
  type: "int",
  length: "int",
  addresses: "void *",
});

function bind() {
  const libc = koffi.load("libc.so.6");
  const f = (prototype: string): Native => libc.func(prototype);
  return {
    spawn: f(
      "int posix_spawn(uint8_t *pid, const char *path, uint8_t *fa, uint8_t *at, const char **argv, const char **envp)",
    ),
    actionsInit: f("int posix_spawn_file_actions_init(uint8_t *fa)"),
    actionsDestroy: f("int posix_spawn_file_actions_destroy(uint8_t *fa)"),
    actionsDup2: f("int posix_spawn_file_actions_adddup2(uint8_t *fa, int fd, int newfd)"),
    actionsChdir: f("int posix_spawn_file_actions_addchdir_np(uint8_t *fa, const char *path)"),
    actionsCloseFrom: f("int posix_spawn_file_actions_addclosefrom_np(uint8_t *fa, int from)"),
    attrInit: f("int posix_spawnattr_init(uint8_t *at)"),
    attrFlags: f("int posix_spawnattr_setflags(uint8_t *at, short flags)"),
    attrPgroup: f("int posix_spawnattr_setpgroup(uint8_t *at, int pgroup)"),
    attrSigDefault: f("int posix_spawnattr_setsigdefault(uint8_t *at, uint8_t *set)"),
    attrSigMask: f("int posix_spawnattr_setsigmask(uint8_t *at, uint8_t *set)"),
    sigFill: f("int sigfillset(uint8_t *set)"),
    sigEmpty: f("int sigemptyset(uint8_t *set)"),
    pipe2: f("int pipe2(uint8_t *fds, int flags)"),
    read: f("long read(int fd, uint8_t *buffer, unsigned long length)"),
    fcntl: f("int fcntl(int fd, int command, ...)"),
    wait4: f("int wait4(int pid, uint8_t *status, int options, uint8_t *usage)"),
    getrlimit: f("int getrlimit(int resource, uint8_t *limit)"),
    setrlimit: f("int setrlimit(int resource, uint8_t *limit)"),
    dup2: f("int dup2(int from, int to)"),
    socket: f("int socket(int domain, int type, int protocol)"),
    setsockopt: f("int setsockopt(int fd, int level, int name, const int *value, uint32_t length)"),
    bind: f("int bind(int fd, const uint8_t *address, uint32_t length)"),
    listen: f("int listen(int fd, int backlog)"),
    getHostByName: libc.func("void *gethostbyname(const char *name)") as (name: string) => unknown,
    openlog: f("void openlog(void *ident, int option, int facility)"),
    syslog: f("void syslog(int priority, const char *format, ...)"),
    setsid: f("int setsid()"),
    exit: f("void _exit(int status)"),
    strerror: libc.func("const char *strerror(int errnum)") as (errno: number) => string,
    mallocTrim: f("int malloc_trim(size_t pad)"),
    madvise: f("int madvise(uintptr_t address, size_t length, int advice)"),
  };
}

const errnoNames = new Map<number, string>(
  Object.entries(koffi.os.errno as Record<string, number>).map(([name, number]) => [number, name]),
);

/** Name of an errno, `ENOENT`; `errno 999` for one without a name. */
export function errnoName(errno: number): string {
  return errnoNames.get(errno) ?? `errno ${errno}`;
}

/** A failed call: `code` is the errno name, as on Node's own system errors. */
export class SystemError extends Error {
  constructor(
    readonly code: string,
    call: string,
  ) {
    super(`${code}: ${call}`);
    this.name = "SystemError";
  }
}

export interface RawSpawn {
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: readonly string[];
  readonly directory: string | null;
  readonly stdin: number;
  readonly stdout: number;
  readonly stderr: number;
}

export interface Reaped {
  readonly pid: number;
  /** As wait(2) encodes it. */
  readonly status: number;
  readonly cpuMs: number;
  readonly peakMemoryBytes: number;
}

export type Resource = keyof typeof RESOURCES;

/** Of a resource: what holds, and how far it may be raised; without a limit the largest number there is. */
export interface Limit {
  readonly soft: bigint;
  readonly hard: bigint;
}

/** The calls, loaded once. Everything is synchronous and takes microseconds. */
export class Libc {
  readonly #c = bind();
  readonly #actions = Buffer.alloc(FILE_ACTIONS_BYTES);
  readonly #attr = Buffer.alloc(SPAWN_ATTR_BYTES);
  readonly #usage = Buffer.alloc(RUSAGE_BYTES);
  /** One or two int that a call fills; arrays of JavaScript would be converted both ways each time. */
  readonly #ints = Buffer.alloc(8);
  readonly #limit = Buffer.alloc(16);
  #syslogOpen = false;

  constructor() {
    const everySignal = Buffer.alloc(SIGSET_BYTES);
    const noSignal = Buffer.alloc(SIGSET_BYTES);
    this.#c.sigFill(everySignal);
    this.#c.sigEmpty(noSignal);
    this.#c.attrInit(this.#attr);
    this.#c.attrFlags(this.#attr, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    this.#c.attrPgroup(this.#attr, 0);
    this.#c.attrSigDefault(this.#attr, everySignal);
    this.#c.attrSigMask(this.#attr, noSignal);
  }

  /**
   * Starts a program in a process group of its own, default signal dispositions, nothing open but 0, 1, 2.
   * Throws SystemError with what exec, chdir or fork said.
   */
  spawn(request: RawSpawn): number {
    const c = this.#c;
    const actions = this.#actions;
    c.actionsInit(actions);
    try {
      if (request.directory !== null) c.actionsChdir(actions, request.directory);
      c.actionsDup2(actions, request.stdin, 0);
      c.actionsDup2(actions, request.stdout, 1);
      c.actionsDup2(actions, request.stderr, 2);
      c.actionsCloseFrom(actions, 3);
      const errno = c.spawn(
        this.#ints,
        request.file,
        actions,
        this.#attr,
        [...request.argv, null],
        [...request.env, null],
      );
      if (errno !== 0) throw new SystemError(errnoName(errno), "posix_spawn");
      return this.#ints.readInt32LE(0);
    } finally {
      c.actionsDestroy(actions);
    }
  }

  /** A pipe whose both ends close on exec. Throws SystemError (EMFILE, ENFILE). */
  pipe(): { readonly read: number; readonly write: number } {
    if (this.#c.pipe2(this.#ints, O_CLOEXEC) !== 0) throw this.#failure("pipe2");
    return { read: this.#ints.readInt32LE(0), write: this.#ints.readInt32LE(4) };
  }

  /** Reads what is there; 0 at the end, -1 when there is nothing or it cannot be had. Unlike Node's it throws nothing, which is dear. */
  read(fd: number, into: Buffer): number {
    return this.#c.read(fd, into, into.length);
  }

  /** From now on a read finds nothing rather than to wait for it. For an end of a pipe. */
  dontBlock(fd: number): void {
    this.#c.fcntl(fd, F_SETFL, "int", O_NONBLOCK);
  }

  /** How much a pipe holds; false when the system does not allow it. */
  setPipeSize(fd: number, bytes: number): boolean {
    return this.#c.fcntl(fd, F_SETPIPE_SZ, "int", bytes) >= 0;
  }

  /** The next dead child, or null when none waits to be reaped. */
  reap(): Reaped | null {
    const pid = this.#c.wait4(-1, this.#ints, WNOHANG, this.#usage);
    if (pid <= 0) return null;
    const usage = this.#usage;
    const microseconds =
      Number(usage.readBigInt64LE(0) + usage.readBigInt64LE(16)) * 1e6 +
      Number(usage.readBigInt64LE(8) + usage.readBigInt64LE(24));
    return {
      pid,
      status: this.#ints.readInt32LE(0),
      cpuMs: Math.round(microseconds / 1000),
      // ru_maxrss is in KiB on Linux.
      peakMemoryBytes: Number(usage.readBigInt64LE(32)) * 1024,
    };
  }

  limitOf(resource: Resource): Limit {
    if (this.#c.getrlimit(RESOURCES[resource], this.#limit) !== 0) throw this.#failure("getrlimit");
    return { soft: this.#limit.readBigUInt64LE(0), hard: this.#limit.readBigUInt64LE(8) };
  }

  /** Throws SystemError, EPERM for a hard limit that may not be raised. */
  setLimitOf(resource: Resource, { soft, hard }: Limit): void {
    this.#limit.writeBigUInt64LE(soft, 0);
    this.#limit.writeBigUInt64LE(hard, 8);
    if (this.#c.setrlimit(RESOURCES[resource], this.#limit) !== 0) throw this.#failure("setrlimit");
  }

  /** A TCP socket that listens on the IPv4 address of a host, with SO_REUSEADDR. Throws SystemError. */
  listenTcp(host: string, port: number, backlog: number): number {
    const raw = Buffer.alloc(16);
    raw.writeUInt16LE(AF_INET, 0);
    raw.writeUInt16BE(port, 2);
    // Already in network order.
    raw.writeUInt32LE(this.#addressOf(host), 4);
    return this.#listenOn(AF_INET, raw, backlog, () => {});
  }

  /** A UNIX socket that listens at a path where nothing may be; `prepare` comes between bind and listen. Throws SystemError. */
  listenUnix(path: string, backlog: number, prepare: () => void): number {
    const name = Buffer.from(path);
    if (name.length >= SUN_PATH_BYTES) throw new SystemError("ENAMETOOLONG", `bind ${path}`);
    const raw = Buffer.alloc(2 + name.length + 1);
    raw.writeUInt16LE(AF_UNIX, 0);
    name.copy(raw, 2);
    return this.#listenOn(AF_UNIX, raw, backlog, prepare);
  }

  #listenOn(domain: number, address: Buffer, backlog: number, prepare: () => void): number {
    const fd = this.#c.socket(domain, SOCK_STREAM | O_CLOEXEC, 0);
    if (fd < 0) throw this.#failure("socket");
    try {
      if (domain === AF_INET && this.#c.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, [1], 4) !== 0) {
        throw this.#failure("setsockopt");
      }
      if (this.#c.bind(fd, address, address.length) !== 0) throw this.#failure("bind");
      prepare();
      if (this.#c.listen(fd, backlog) !== 0) throw this.#failure("listen");
      return fd;
    } catch (error) {
      closeSync(fd);
      throw error;
    }
  }

  /** Waits for the resolver, as supervisord does; numbers need none. */
  #addressOf(host: string): number {
    const entry = this.#c.getHostByName(host);
    if (entry === null) throw new SystemError("ENOTFOUND", `gethostbyname ${host}`);
    const first: unknown = koffi.decode((koffi.decode(entry, HOSTENT) as { addresses: unknown }).addresses, "void *");
    return koffi.decode(first, "uint32_t") as number;
  }

  /** Sends a line to syslog as `supervisord`, facility user, level info. */
  syslog(line: string): void {
    if (!this.#syslogOpen) {
      // The C library keeps the pointer, so the name is never freed.
      const ident = koffi.alloc("char", IDENT.length + 1);
      koffi.encode(ident, "char", `${IDENT}\0`, IDENT.length + 1);
      this.#c.openlog(ident, 0, LOG_USER);
      this.#syslogOpen = true;
    }
    this.#c.syslog(LOG_INFO, "%s", "str", line);
  }

  /** Makes `to` another name of the open file `from`. */
  dup2(from: number, to: number): void {
    if (this.#c.dup2(from, to) < 0) throw this.#failure("dup2");
  }

  /** What the system calls an errno: `Permission denied`. */
  textOf(errno: number): string {
    return this.#c.strerror(errno);
  }

  /** Hands free memory of the C library's heap back to the system. */
  trimHeap(): void {
    this.#c.mallocTrim(0);
  }

  /** Lets go of pages, which are read again when they are needed: only for such as are unchanged in a file. */
  forgetPages(from: bigint, to: bigint): void {
    this.#c.madvise(from, to - from, MADV_DONTNEED);
  }

  /** Ends the process at once, whatever its threads do. */
  exit(status: number): void {
    this.#c.exit(status);
  }

  #failure(call: string): SystemError {
    return new SystemError(errnoName(koffi.errno()), call);
  }
}
