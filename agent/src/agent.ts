// Builds the parts of one daemon out of a configuration, starts them in order and stops them in reverse.
import { existsSync } from "node:fs";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { formatNotice } from "./config/check.js";
import type { ConfigError, LoadResult, ResolvedConfig } from "./config/resolved.js";
import { configInfo, groupSpecs, type PrimaryGroup, serverRules } from "./config/specs.js";
import { SYSLOG } from "./config/world-types.js";
import { EventSource } from "./events/event-source.js";
import type { Link } from "./link/link.js";
import { linkSettings } from "./link/settings.js";
import { Pidfile } from "./pidfile.js";
import { describeStatus } from "./run/activity.js";
import { FileActivityLog } from "./run/activity-log.js";
import { ChildLog } from "./run/child-log.js";
import { ChildRecord, survivorsIn } from "./run/child-record.js";
import { systemClock } from "./run/clock.js";
import { EarlierLife } from "./run/earlier-life.js";
import { LogDisks } from "./run/log-disks.js";
import { CgroupOomWatch } from "./run/oom.js";
import { RecordedSpawner } from "./run/recorded-spawner.js";
import { PosixSpawner } from "./run/spawner.js";
import type { GroupSpec } from "./run/spec.js";
import { Supervisor } from "./run/supervisor.js";
import { SyslogSink } from "./run/syslog-sink.js";
import { SUPERVISOR_VERSION } from "./version.js";
import { answerCall } from "./xmlrpc/answer.js";
import { HOST_CALLER, type RpcContext } from "./xmlrpc/rpc-context.js";
import { RpcHttpServer } from "./xmlrpc/server.js";

export interface AgentOptions {
  /** Copies the activity log to standard output. */
  readonly echo: boolean;
  /** Reads the configuration again, as it is now on disk. */
  readonly load: () => LoadResult;
  readonly primaryGroup: PrimaryGroup;
  /** Soft limit of open files for children; null for the daemon's own. */
  readonly childOpenFiles: number | null;
  /** Lines for the activity log that arose before there was one. */
  readonly notices: readonly { readonly level: "critical" | "warn" | "info"; readonly text: string }[];
}

export type Ending = { readonly type: "shutdown" } | { readonly type: "restart"; readonly config: ResolvedConfig };

export class Agent implements Lifecycle {
  readonly #config: ResolvedConfig;
  readonly #options: AgentOptions;
  readonly #logDisks = new LogDisks((message) => this.#log.warn(message));
  readonly #mainLog: ChildLog;
  readonly #log: FileActivityLog;
  readonly #spawner: PosixSpawner;
  readonly #record: ChildRecord;
  readonly #recorded: RecordedSpawner;
  readonly #supervisor: Supervisor;
  readonly #earlier: EarlierLife;
  readonly #events: EventSource;
  readonly #servers: RpcHttpServer[];
  #link: Link | null = null;
  /** As last read; a reread replaces it without touching what runs. */
  #read: { config: ResolvedConfig; groups: GroupSpec[] };
  readonly #identifier = (): string => this.#read.config.supervisord.identifier;
  readonly #noteQuit = (): void => this.#log.debug("received SIGCHLD indicating a child quit");
  #ending: Ending | null = null;
  #ended: () => void = () => {};
  /** Resolves when the last child is gone after a shutdown or restart was asked for. */
  readonly ended: Promise<void>;
  readonly #pidfile: Pidfile;
  #hangs = false;

  constructor(config: ResolvedConfig, options: AgentOptions) {
    const { supervisord } = config;
    this.#config = config;
    this.#options = options;
    this.#pidfile = new Pidfile(supervisord.pidfile);
    this.ended = new Promise((resolve) => {
      this.#ended = resolve;
    });
    const rotation = { maxBytes: supervisord.logfile_maxbytes, backups: supervisord.logfile_backups };
    const complain = (message: string) => process.stderr.write(`${message}\n`);
    this.#spawner = new PosixSpawner({ childOpenFiles: options.childOpenFiles });
    this.#mainLog = new ChildLog(
      supervisord.logfile === SYSLOG
        ? new SyslogSink((line) => this.#spawner.syslog(line))
        : this.#logDisks.sink(supervisord.logfile, rotation, complain),
    );
    this.#log = new FileActivityLog({
      level: supervisord.loglevel,
      file: this.#mainLog,
      echo: options.echo,
      wallMs: systemClock.wallMs,
    });
    this.#record = new ChildRecord(recordFile(supervisord.pidfile), this.#log.warn);
    this.#recorded = new RecordedSpawner(this.#spawner, this.#record);
    this.#supervisor = new Supervisor({
      clock: systemClock,
      spawner: this.#recorded,
      log: this.#log,
      identifier: this.#identifier,
      childLogDir: supervisord.childlogdir,
      stripAnsi: supervisord.strip_ansi,
      logFiles: this.#logDisks,
      syslog: (line) => this.#spawner.syslog(line),
      oom: new CgroupOomWatch(),
    });
    this.#earlier = new EarlierLife({
      supervisor: this.#supervisor,
      spawner: this.#spawner,
      recorded: this.#recorded,
      record: this.#record,
    });
    this.#events = new EventSource(this.#supervisor, this.#identifier);
    this.#read = { config, groups: groupSpecs(config, options.primaryGroup) };
    const context = this.#rpcContext();
    this.#servers = config.http_servers.map((server) => {
      const metrics = config.fleetvisor?.metrics === true && server.family === "inet";
      return new RpcHttpServer({ ...serverRules(server), metrics }, context);
    });
  }

  get supervisor(): Supervisor {
    return this.#supervisor;
  }

  /** What was asked for, null while nothing was. It may still change from restart to shutdown until `stop` is done. */
  get ending(): Ending | null {
    return this.#ending;
  }

  /** Rejects with FleetError and leaves nothing behind when a log, socket or group cannot be made. */
  async start(): Promise<void> {
    const { supervisord } = this.#config;
    try {
      this.#mainLog.open();
    } catch (error) {
      throw new FleetError(
        "unavailable",
        `cannot open the log ${supervisord.logfile}: ${FleetError.from(error).message}`,
      );
    }
    try {
      this.#logNotices();
      for (const server of this.#servers) {
        for (const { name } of this.#config.rpcinterfaces) this.#log.info(`RPC interface '${name}' initialized`);
        await server.start();
      }
      // After the sockets: a second daemon on the same sockets must not delete the logs of the first.
      if (!supervisord.nocleanup) {
        this.#logDisks.removeStale(supervisord.childlogdir, supervisord.identifier, this.#log.warn);
      }
      this.#spawner.start((pid, status) => this.#log.info(`reaped unknown pid ${pid} (${describeStatus(status)})`));
      if (this.#log.isDebug) process.on("SIGCHLD", this.#noteQuit);
      this.#events.start();
      const survivors = survivorsIn(recordFile(supervisord.pidfile));
      if (existsSync(supervisord.pidfile)) this.#earlier.warnOfOthers(survivors, this.#serverUrls());
      for (const group of this.#read.groups) this.#supervisor.addGroup(group);
      this.#record.start(survivors);
      this.#earlier.end(survivors);
      await this.#startLink();
    } catch (error) {
      const failure = FleetError.from(error, "unavailable");
      // A daemon that begins anew has nobody at its standard error.
      this.#log.critical(failure.message);
      await this.stop();
      throw failure;
    }
  }

  /** Writes the pid file and starts the autostart programs: the daemon is up. */
  run(): void {
    if (this.#pidfile.write()) this.#log.info(`supervisord started with pid ${process.pid}`);
    else this.#log.critical(`could not write pidfile ${this.#config.supervisord.pidfile}`);
    this.#events.announceRunning();
    this.#supervisor.startAutomatic(undefined, ({ group, name }) => this.#recorded.isHeld(group, name));
  }

  /**
   * Stops every process in order; `ended` resolves when all are gone. A restart that is under way becomes a shutdown. `orderId` is the
   * order that asks for it, if one does.
   */
  shutdown(orderId: string | null = null): void {
    this.#end({ type: "shutdown" }, orderId);
  }

  /**
   * Begins anew with the configuration as it is now. A bad one is refused before anything is stopped: what runs goes on
   * (supervisord would stop everything and then exit). Throws Fault CANT_REREAD.
   */
  restart(orderId: string | null = null): void {
    this.#end({ type: "restart", config: this.#load() }, orderId);
  }

  /** A signal from the system: the same as the calls, with the words that operators search the log for. */
  signalled(signal: NodeJS.Signals): void {
    if (signal === "SIGUSR2") {
      this.#log.info("received SIGUSR2 indicating log reopen request");
      // Still into the old file, as the end of what it holds (options.py, reopenlogs).
      this.#log.info("supervisord logreopen");
      this.#mainLog.sink?.reopen();
      this.#supervisor.reopenLogs();
      return;
    }
    if (signal !== "SIGHUP") {
      this.#log.warn(`received ${signal} indicating exit request`);
      this.shutdown();
      return;
    }
    if (this.#ending?.type === "shutdown") {
      this.#log.warn("ignored SIGHUP indicating restart request (shutdown in progress)");
      return;
    }
    this.#log.warn("received SIGHUP indicating restart request");
    const result = this.#options.load();
    if (result.ok) this.#end({ type: "restart", config: result.config });
    else for (const error of result.errors) this.#log.critical(`restart refused, all goes on: ${formatNotice(error)}`);
  }

  /** After `stop`: a thread waits for a disk that does not answer, so that a process with it cannot end in order. */
  get hangs(): boolean {
    return this.#hangs;
  }

  /** Lets go of sockets, link, log and pid file. Children are left alone: `shutdown` is what stops them. */
  async stop(): Promise<void> {
    await this.#link?.stop();
    this.#hangs = this.#link?.hangs ?? false;
    this.#link = null;
    await Promise.all(this.#servers.map((server) => server.stop()));
    this.#events.stop();
    this.#earlier.forget();
    this.#spawner.stop();
    process.off("SIGCHLD", this.#noteQuit);
    this.#record.stop();
    this.#pidfile.remove();
    this.#mainLog.close();
    if (!(await this.#logDisks.stop())) this.#hangs = true;
  }

  /** A shutdown is final; a restart that is under way takes the newest configuration, or becomes a shutdown. */
  #end(ending: Ending, orderId: string | null = null): void {
    const before = this.#ending;
    if (before?.type === "shutdown") return;
    this.#ending = ending;
    if (before !== null) {
      if (ending.type === "shutdown") this.#supervisor.forgoRestart();
      return;
    }
    const mood = ending.type === "shutdown" ? "SHUTDOWN" : "RESTARTING";
    // Listeners are told of the end, and a quick one would cut them off in the middle of what they do about it.
    const stopped = this.#supervisor.shutdown(mood, orderId, (group) => this.#events.settled(group));
    void Promise.all([stopped, this.#earlier.gone()]).then(() => this.#ended());
  }

  async #startLink(): Promise<void> {
    const settings = linkSettings(this.#config.fleetvisor, process.env);
    if (settings === null) return;
    const LinkClass = await this.#loadLink();
    if (LinkClass === null) return;
    const facts = {
      identifier: this.#config.supervisord.identifier,
      startedAtMs: systemClock.wallMs(),
      supervisorVersion: SUPERVISOR_VERSION,
      configFile: this.#config.configfile,
    };
    const context = this.#rpcContext();
    this.#link = new LinkClass(settings, this.#supervisor, facts, {
      ...context,
      answer: (request, caller) => answerCall({ ...context, caller }, request),
      config: () => this.#read.config,
    });
    await this.#link.start();
  }

  /** gRPC is most of the daemon's code: without a controller it is never read. */
  async #loadLink(): Promise<typeof Link | null> {
    try {
      return (await import("./link/link.js")).Link;
    } catch (error) {
      // Another version was installed over this one since it was started; what it supervises goes on.
      this.#log.critical(
        `cannot load the link to the controller, start this daemon anew: ${FleetError.from(error).message}`,
      );
      return null;
    }
  }

  /** By which children know their daemon. */
  #serverUrls(): Set<string> {
    const urls = this.#read.groups.flatMap(({ processes }) => processes.map(({ serverUrl }) => serverUrl));
    return new Set(urls.filter((url) => url !== null));
  }

  #logNotices(): void {
    const { criticals, warnings, infos } = this.#config;
    for (const text of criticals) this.#log.critical(text);
    for (const text of warnings) this.#log.warn(text);
    for (const text of infos) this.#log.info(text);
    for (const { level, text } of this.#options.notices) this.#log[level](text);
  }

  #load(): ResolvedConfig {
    const result = this.#options.load();
    if (!result.ok) throw new Fault("CANT_REREAD", describeErrors(result.errors, result.error));
    return result.config;
  }

  #rpcContext(): RpcContext {
    return {
      supervisor: this.#supervisor,
      caller: HOST_CALLER,
      configured: () => this.#read.groups,
      configInfo: () => configInfo(this.#read.config),
      reread: () => {
        const config = this.#load();
        this.#read = { config, groups: groupSpecs(config, this.#options.primaryGroup) };
      },
      announce: (type, data) => this.#events.remote(type, data),
      identification: this.#identifier,
      version: SUPERVISOR_VERSION,
      mainLog: this.#mainLog,
      shutdown: (orderId) => this.shutdown(orderId),
      restart: (orderId) => this.restart(orderId),
    };
  }
}

/** Beside the pid file, which is where a daemon may write and where the next one looks. */
const recordFile = (pidfile: string): string => `${pidfile}.children`;

/** supervisord's own text of the first error; a fault carries one. */
function describeErrors(errors: readonly ConfigError[], first: string): string {
  return errors.length > 1 ? `${first} (and ${errors.length - 1} more; see fvagent -t)` : first;
}
