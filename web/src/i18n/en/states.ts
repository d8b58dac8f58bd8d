// States of processes and livenesses of instances. The capital names stay supervisord's in every language.
export const states = {
  FATAL: { word: "Fatal", meaning: "could not be started and was given up" },
  BACKOFF: { word: "Backoff", meaning: "ended too soon after its start; tried again" },
  UNKNOWN: { word: "Unknown", meaning: "the supervisor lost track of it" },
  EXITED: { word: "Exited", meaning: "ended by itself" },
  STOPPING: { word: "Stopping", meaning: "told to end and not ended yet" },
  STARTING: { word: "Starting", meaning: "started and not yet up for startsecs" },
  STOPPED: { word: "Stopped", meaning: "stopped on request, or never started" },
  RUNNING: { word: "Running", meaning: "up" },
  lost: { word: "Lost", meaning: "given up; what is shown is old" },
  late: { word: "Late", meaning: "overdue; what is shown may be old" },
  live: { word: "Live", meaning: "heard of lately" },
  title: "{{state}}: {{meaning}}",
  staleTitle: "{{state}}: {{meaning}}; last known, its host is not heard of",
};
