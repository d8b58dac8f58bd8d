// The hosts and processes of the pretended fleet: 4 instances, one of them lost, with a process in nearly every state.
import type { Instance, Process } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface ProcessPlan {
  readonly group: string;
  readonly name: string;
  readonly command: string;
  readonly state?: ProcessState;
  /** How long it has been in its state, ms. */
  readonly forMs?: number;
  readonly more?: Partial<Process>;
}

export interface HostPlan {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly more?: (nowMs: number) => Partial<Instance>;
  readonly processes: readonly ProcessPlan[];
}

function several(group: string, count: number, command: string, forMs: number): ProcessPlan[] {
  return Array.from({ length: count }, (_, n) => ({
    group,
    name: `${group}-${n}`,
    command: `${command} --worker ${n}`,
    forMs: forMs + n * 1_700,
  }));
}

const web = (api: readonly ProcessPlan[]): readonly ProcessPlan[] => [
  { group: "nginx", name: "nginx", command: "/usr/sbin/nginx -g 'daemon off;'", forMs: 41 * DAY },
  ...api,
  { group: "websocket", name: "websocket", command: "/srv/app/bin/websocket --port 8090", forMs: 3 * DAY },
  {
    group: "warm-cache",
    name: "warm-cache",
    command: "/srv/app/bin/warm-cache --once",
    state: "EXITED",
    forMs: 3 * DAY,
    more: { exitCode: 0, exitExpected: true, autorestart: "unexpected" },
  },
];

export const HOSTS: readonly HostPlan[] = [
  {
    name: "web-1",
    labels: { role: "web", dc: "ams" },
    processes: web(several("api", 4, "/srv/app/bin/api --port 8080", 3 * DAY)),
  },
  {
    name: "web-2",
    labels: { role: "web", dc: "ams" },
    processes: web(
      several("api", 4, "/srv/app/bin/api --port 8080", 3 * DAY).map((plan, n) =>
        n !== 2
          ? plan
          : {
              ...plan,
              state: "FATAL",
              forMs: 14 * MINUTE,
              more: {
                spawnError: "couldn't exec /srv/app/bin/api: ENOENT",
                description: "couldn't exec /srv/app/bin/api: ENOENT",
                tries: 4,
              },
            },
      ),
    ),
  },
  {
    name: "worker-1",
    labels: { role: "worker", dc: "ber", rack: "r12" },
    processes: [
      ...several("worker", 8, "/srv/jobs/venv/bin/celery -A jobs worker", 6 * HOUR),
      {
        group: "scheduler",
        name: "scheduler",
        command: "/srv/jobs/venv/bin/celery -A jobs beat --schedule /var/lib/jobs/beat.db",
        state: "BACKOFF",
        forMs: 2_000,
        more: {
          exitCode: 1,
          exitExpected: false,
          tries: 3,
          description: "Exited too quickly (process log may have details)",
        },
      },
      {
        group: "importer",
        name: "importer",
        command: "/srv/jobs/bin/importer /var/spool/import",
        state: "EXITED",
        forMs: 2 * HOUR,
        more: { exitSignal: "SIGSEGV", exitExpected: false, autorestart: "false" },
      },
      { group: "thumbnails", name: "thumbnails", command: "/srv/jobs/bin/thumbnails", state: "STARTING", forMs: 1_000 },
      {
        group: "migrate",
        name: "migrate",
        command: "/srv/jobs/bin/migrate --all",
        state: "STOPPED",
        forMs: 9 * DAY,
        more: { startedAtMs: null, stoppedAtMs: null, autostart: false, description: "Not started" },
      },
      { group: "mailer", name: "mailer", command: "/srv/jobs/bin/mailer", forMs: 22 * MINUTE },
    ],
  },
  {
    name: "db-1",
    labels: { role: "db", dc: "ber" },
    more: (nowMs) => ({
      liveness: "lost",
      livenessReason: "the stream broke: connection reset by peer; nothing heard for 2 minutes",
      livenessSinceMs: nowMs - 7 * MINUTE,
      lastHeardAtMs: nowMs - 9 * MINUTE,
    }),
    processes: [
      { group: "postgres", name: "postgres", command: "/usr/lib/postgresql/15/bin/postgres", forMs: 120 * DAY },
      { group: "pgbouncer", name: "pgbouncer", command: "/usr/sbin/pgbouncer /etc/pgbouncer.ini", forMs: 12 * DAY },
      {
        group: "backup",
        name: "backup",
        command: "/usr/local/bin/pg-backup --nightly",
        state: "EXITED",
        forMs: 8 * HOUR,
        more: { exitCode: 0, exitExpected: true, autorestart: "false" },
      },
    ],
  },
];

/** The process of a plan, as of now. */
export function processOf(host: HostPlan, plan: ProcessPlan, pid: number, nowMs: number): Process {
  const { group, name, command, state = "RUNNING", forMs = HOUR } = plan;
  const up = state === "RUNNING" || state === "STARTING";
  const sinceMs = nowMs - forMs;
  return {
    target: `${host.name}/${group}:${name}`,
    instance: host.name,
    group,
    name,
    state,
    liveness: host.more?.(nowMs).liveness ?? "live",
    sinceMs,
    pid: up ? pid : null,
    startedAtMs: up ? sinceMs : sinceMs - 40 * MINUTE,
    stoppedAtMs: up ? null : sinceMs,
    exitCode: null,
    exitSignal: null,
    exitExpected: null,
    spawnError: null,
    tries: 0,
    description: "",
    command,
    priority: 999,
    autostart: true,
    autorestart: "true",
    hasStdoutLog: true,
    hasStderrLog: true,
    ...plan.more,
  };
}

/** The instance of a plan, without its counts. */
export function instanceOf(host: HostPlan, place: number, nowMs: number): Omit<Instance, "counts" | "processCount"> {
  return {
    name: host.name,
    id: `0b9f3c${place}e-77aa-4c1f-9d0e-5a2f6c1d90b${place}`,
    kind: "agent",
    labels: { ...host.labels },
    liveness: "live",
    livenessReason: null,
    livenessSinceMs: nowMs - 12 * DAY,
    lastHeardAtMs: nowMs,
    hostName: `${host.name}.example.net`,
    version: "0.1.0",
    identifier: "supervisor",
    mood: "RUNNING",
    pid: 400 + place,
    supervisorStartedAtMs: nowMs - 121 * DAY,
    configFile: "/etc/supervisor/supervisord.conf",
    clockSkewMs: 0,
    ...host.more?.(nowMs),
  };
}
