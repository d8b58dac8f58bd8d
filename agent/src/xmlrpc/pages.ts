// The pages of the web interface as HTML: status of all processes, tail of one, and the question before a doubtful action.
import { type Html, html, quote } from "./html.js";
import { countStates, type ProcessAction, type StatusRow } from "./status-view.js";

const ACTION_WORDS: Readonly<Record<ProcessAction, string>> = {
  start: "Start",
  stop: "Stop",
  restart: "Restart",
  clearlog: "Clear log",
};

function page(title: string, body: Html): string {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="stylesheet" href="stylesheets/supervisor.css">
<link rel="icon" href="data:,">
</head>
<body>
${body}
</body>
</html>
`.text;
}

const actionButton = (action: string, words: string) => html`<button name="action" value="${action}">${words}</button>`;

export interface StatusPage {
  readonly rows: readonly StatusRow[];
  /** What came of the last action; null for nothing to tell. */
  readonly message: string | null;
  /** Identifier and host, so that one page is told from another. */
  readonly identification: string;
  readonly host: string;
  readonly version: string;
  readonly year: number;
  /** Said above all when the daemon is going down. */
  readonly mood: string;
}

/** `/` and `/index.html`. */
export function statusPage(view: StatusPage): string {
  const { rows, message, identification, host, version, year, mood } = view;
  return page(
    "Supervisor Status",
    html`<header>
<h1>${identification} <small>on ${host}</small></h1>
<p class="counts">${countStates(rows).map(([state, mark, count]) => html`<span class="${mark}">${count} ${state}</span> `)}</p>
<form method="post" action="index.html">
${actionButton("refresh", "Refresh")}
${actionButton("restartall", "Restart all")}
${actionButton("stopall", "Stop all")}
</form>
</header>
<main>
${mood === "RUNNING" ? "" : html`<p class="status_msg" role="status">The daemon is in state ${mood}.</p>`}
${message === null ? "" : html`<p class="status_msg" role="status">${message}</p>`}
${rows.length === 0 ? html`<p>No programs to manage</p>` : statusTable(rows)}
</main>
<footer>fleetvisor, compatible with supervisor ${version} &middot; ${year}</footer>`,
  );
}

function statusTable(rows: readonly StatusRow[]): Html {
  return html`<table>
<thead><tr><th scope="col">State</th><th scope="col">Name</th><th scope="col">Description</th><th scope="col">Logs</th><th scope="col">Action</th></tr></thead>
<tbody>
${rows.map(statusTableRow)}</tbody>
</table>`;
}

function statusTableRow({ name, state, mark, description, actions }: StatusRow): Html {
  const quoted = quote(name);
  return html`<tr>
<td><span class="${mark}">${state}</span></td>
<td><a href="tail.html?processname=${quoted}">${name}</a></td>
<td>${description}</td>
<td><a href="logtail/${quoted}" aria-label="Follow standard output of ${name}">stdout</a> <a href="logtail/${quoted}/stderr" aria-label="Follow standard error of ${name}">stderr</a></td>
<td><form method="post" action="index.html"><input type="hidden" name="processname" value="${name}">${actions.map(
    (action) =>
      html`<button name="action" value="${action}" aria-label="${ACTION_WORDS[action]} ${name}">${ACTION_WORDS[action]}</button> `,
  )}</form></td>
</tr>
`;
}

export interface TailPage {
  /** Null when no process was named. */
  readonly process: string | null;
  readonly text: string;
  readonly limitBytes: number;
}

/** `/tail.html`. */
export function tailPage({ process, text, limitBytes }: TailPage): string {
  // Python's word, as supervisord's title has it.
  const title = `Supervisor tail of process ${process ?? "None"}`;
  const again =
    process === null
      ? ""
      : html`<a class="button" href="tail.html?processname=${quote(process)}&amp;limit=${limitBytes}">Refresh</a> `;
  return page(
    title,
    html`<header><h1>${process ?? "No process"} <small>standard output, the end</small></h1>
<p>${again}<a class="button" href="index.html">All processes</a></p></header>
<main><pre>
${text}</pre></main>`,
  );
}

/** Instead of an action that another site may have asked for: the same action as a button of our own page. */
export function confirmPage(action: string, process: string | null): string {
  const words = action in ACTION_WORDS ? ACTION_WORDS[action as ProcessAction] : action;
  return page(
    "Supervisor Status",
    html`<header><h1>Please confirm</h1></header>
<main>
<p class="status_msg" role="status">This was asked for from outside of this page, so nothing was done.</p>
<form method="post" action="index.html">
${process === null ? "" : html`<input type="hidden" name="processname" value="${process}">`}
<button name="action" value="${action}">${words} ${process ?? ""}</button> <a class="button" href="index.html">Leave it</a>
</form>
</main>`,
  );
}
