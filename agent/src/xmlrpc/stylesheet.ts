// The style sheet of the web interface, served at supervisord's address for its own.

export const STYLESHEET = `:root {
  color-scheme: light dark;
  --back: #f6f7f9; --card: #fff; --text: #1b2330; --dim: #566072; --line: #dde1e8; --link: #1457b8;
  --good: #14663a; --good-back: #dcf3e4; --bad: #a11b1b; --bad-back: #fbe0de; --calm: #454f5f; --calm-back: #e6e9ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --back: #12161c; --card: #1a2028; --text: #e4e8ee; --dim: #9aa5b5; --line: #2d3541; --link: #7fb2ff;
    --good: #86dba8; --good-back: #17392a; --bad: #ff9d96; --bad-back: #4a2022; --calm: #c3cad5; --calm-back: #2c3440;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 75rem; padding: 1.5rem; background: var(--back); color: var(--text);
  font: 15px/1.5 system-ui, "Liberation Sans", sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; margin-bottom: 1rem; }
h1 { margin: 0; font-size: 1.35rem; overflow-wrap: anywhere; }
small { color: var(--dim); font-size: .95rem; font-weight: normal; }
header form, header > p:last-child { margin: 0 0 0 auto; }
.counts { margin: 0; }
a { color: var(--link); }
table { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 6px; }
th, td { padding: .45rem .75rem; text-align: left; vertical-align: middle; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
thead th { border-top: 0; color: var(--dim); font-size: .85rem; font-weight: 600; }
th:last-child, td:last-child { text-align: right; }
tbody tr:hover { background: var(--back); }
td form { margin: 0; }
.statusrunning, .statuserror, .statusnominal { display: inline-block; padding: 0 .55rem; border-radius: 1rem; font-size: .85rem;
  font-weight: 600; white-space: nowrap; }
.statusrunning { color: var(--good); background: var(--good-back); }
.statuserror { color: var(--bad); background: var(--bad-back); }
.statusnominal { color: var(--calm); background: var(--calm-back); }
.status_msg { padding: .6rem .9rem; background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--link); border-radius: 6px;
  overflow-wrap: anywhere; }
button, .button { display: inline-block; padding: .15rem .7rem; border: 1px solid var(--line); border-radius: 5px; background: var(--card);
  color: var(--text); font: inherit; font-size: .9rem; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { border-color: var(--dim); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
pre { margin: 0; padding: 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; white-space: pre-wrap;
  overflow-wrap: anywhere; font: 13px/1.5 "Liberation Mono", ui-monospace, monospace; }
footer { margin-top: 1.5rem; color: var(--dim); font-size: .85rem; }
@media (max-width: 45rem) {
  body { padding: .75rem; }
  thead { display: none; }
  tr { display: block; padding: .5rem 0; border-top: 1px solid var(--line); }
  td { display: block; padding: .1rem .75rem; border: 0; text-align: left !important; }
  header form, header > p:last-child { margin-left: 0; }
}
`;
