// What `fvctl --help` teaches below the list of commands, and the topics that `fvctl help` knows besides the verbs.
import { PROCESS_STATE_NAMES } from "@fleetvisor/proto/vocabulary/states";
import { describeExits } from "../exit.js";
import type { HELP_TOPIC_NAMES } from "../mode.js";

const SELECTORS = `Selectors say which processes. Quote them: * and ? mean something to the shell too.
  web-1/api:worker        process worker of group api on instance web-1
  web-1/api:*, web-1/all  the whole group; the whole instance
  api, */api              process api of group api, on every instance
  'web-*,db-1/*:worker'   patterns with * ? [a-z] [!a-z], a comma for either
  'role=web,dc!=ams/all'  instances by label; role=web,role=db is either
  state=FATAL             by state (${PROCESS_STATE_NAMES.join(" ")})
  'web-*/state=FATAL'     both
  all                     the whole fleet
Several selectors mean what any of them means. One that means nothing is an error, and then nothing is done.`;

const EXIT_CODES = `Exit status, the worst of what happened:
${describeExits()}`;

const ENVIRONMENT = `Environment:
  FLEETVISOR_CONTROLLER  the controller's address, instead of --controller
  FLEETVISOR_TOKEN       API token, instead of --token
  FLEETVISOR_PLAIN_HTTP  1: as --plain-http
  NODE_EXTRA_CA_CERTS    file with the CA of a controller's https certificate
  NO_COLOR               anything: no colours
  BROWSER                what \`fvctl open\` starts
  XDG_CONFIG_HOME        logins are kept below, in fleetvisor/credentials.json (default ~/.config)
  XDG_STATE_HOME         lines of \`fvctl shell\`, in fleetvisor/fvctl_history (default ~/.local/state)
  XDG_CACHE_HOME         names for completion, in fleetvisor/completion.json (default ~/.cache)`;

const OUTPUT = `Output, chosen with -o:
  table   for people: fitted to the terminal, on a narrow one with fewer columns; elsewhere each row on one line
  wide    the same with every column, each row on one line
  json    one document: { "items": [...] } for what is a list, else the thing itself
  ndjson  a document a line: each item of the list, as it comes
  name    what a script goes on with: targets, names or ids, one a line
Items are what the API answers (/api/v1/openapi.json describes every field): times are milliseconds since the epoch in fields that
end with AtMs, spans in Ms, sizes in Bytes. Fields are added, never renamed or removed. Answers stand on stdout; notes, questions
and progress on stderr. Colours only on a terminal, and not with NO_COLOR.`;

/** By the word after \`fvctl help\`. */
export const HELP_TOPICS: Readonly<Record<(typeof HELP_TOPIC_NAMES)[number], string>> = {
  selectors: SELECTORS,
  output: OUTPUT,
  "exit-codes": EXIT_CODES,
  environment: ENVIRONMENT,
};

export const ROOT_HELP = `
First steps:
  fvctl login 'http://localhost:9700/login#code=...'   the link that the controller printed
  fvctl status                                         every process of every host
  fvctl restart 'web-*/api:*' --dry-run                what would be restarted; then without --dry-run
  fvctl events -f                                      what happens
  fvctl COMMAND --help                                 all about a command, with examples
  fvctl help ${Object.keys(HELP_TOPICS).join("|")}
  source <(fvctl completion bash)                      Tab completes, also for zsh and fish

${SELECTORS}

One host, without a controller, word for word as supervisorctl:
  fvctl -c FILE COMMAND ...                            with the host's supervisord.conf
  fvctl -s unix:///run/supervisor.sock COMMAND ...     or http://host:9001 with -u USER -p PASSWORD
  fvctl -c FILE help                                   its commands
Without a login and without those options fvctl looks for a supervisord.conf, as supervisorctl does.

${EXIT_CODES}

${ENVIRONMENT}`;
