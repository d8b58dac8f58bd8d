// What `fvctl --help` teaches below the list of commands: one host or the fleet, selectors, exit statuses, environment.
import { PROCESS_STATE_NAMES } from "@fleetvisor/proto/vocabulary/states";
import { describeExits } from "../exit.js";

export const ROOT_HELP = `
First steps:
  fvctl login 'http://localhost:9700/login#code=...'   the link that the controller printed
  fvctl status                                         every process of every host
  fvctl restart 'web-*/api:*' --dry-run                what would be restarted; then without --dry-run
  fvctl events -f                                      what happens

Selectors say which processes. Quote them: * and ? mean something to the shell too.
  web-1/api:worker       process worker of group api on instance web-1
  web-1/api:*  web-1/all the whole group; the whole instance
  api  */api             process api of group api, on every instance
  'web-*,db-1/*:worker'  patterns with * ? [a-z] [!a-z], a comma for either
  'role=web,dc!=ams/all' instances by label; role=web,role=db is either
  state=FATAL            by state (${PROCESS_STATE_NAMES.join(" ")})
  'web-*/state=FATAL'    both
  all                    the whole fleet
Several selectors mean what any of them means. One that means nothing is an error, and then nothing is done.

One host, without a controller, word for word as supervisorctl:
  fvctl -c FILE COMMAND ...                            with the host's supervisord.conf
  fvctl -s unix:///run/supervisor.sock COMMAND ...     or http://host:9001 with -u USER -p PASSWORD
  fvctl -c FILE help                                   its commands
Without a login and without those options fvctl looks for a supervisord.conf, as supervisorctl does.

Exit status, the worst of what happened:
${describeExits()}

Environment:
  FLEETVISOR_CONTROLLER  the controller's address, instead of --controller
  FLEETVISOR_TOKEN       API token, instead of --token
  FLEETVISOR_PLAIN_HTTP  1: as --plain-http
  NODE_EXTRA_CA_CERTS    file with the CA of a controller's https certificate
  NO_COLOR               anything: no colours
  XDG_CONFIG_HOME        logins are kept below, in fleetvisor/credentials.json (default ~/.config)`;
