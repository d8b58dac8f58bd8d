// The page that supervisord's HTTP server sends with a refusal (medusa http_server.py, DEFAULT_ERROR_MESSAGE): XML-RPC clients show its
// status line to people.

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  411: "Length Required",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** Words for the status line. */
export const reasonOf = (status: number): string => REASONS[status] ?? "Error";

/** The body, HTML. A last line of ours says why, where there is more to say. */
export function errorPage(status: number, why = ""): string {
  const lines = [
    "<head>",
    "<title>Error response</title>",
    "</head>",
    "<body>",
    "<h1>Error response</h1>",
    `<p>Error code ${status}.`,
    `<p>Message: ${reasonOf(status)}.`,
    ...(why === "" ? [] : [`<p>${escapeHtml(why)}`]),
    "</body>",
    "",
  ];
  return lines.join("\r\n");
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
