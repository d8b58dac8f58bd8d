// How bad a line of a log says that it is, by the ways in which programs say it.

export type LogLevel = "error" | "warning";

const WORDS: Readonly<Record<LogLevel, string>> = {
  error: "error|err|fatal|critical|crit|alert|emerg|panic",
  warning: "warning|warn",
};

/** Further in it is what the line tells, and not what it is. Characters. */
const LOOKED_AT = 256;

/**
 * In capitals (`ERROR`), in brackets (`[error]`), before a colon at the beginning (`error:`), or as the value of a level (`level=error`,
 * `"severity": "error"`): a word within a sentence, as in `no error`, says nothing.
 */
function saying(words: string): RegExp {
  const capitals = `\\b(?:${words.toUpperCase()})\\b`;
  const other = `[[<](?:${words})[\\]>]|^(?:${words}):|\\b(?:level|lvl|severity)["']?\\s*[=:]\\s*["']?(?:${words})\\b`;
  return new RegExp(`${capitals}|${other.replace(/[a-z]{3,}/g, anyCase)}`);
}

/** Flags are for the whole of an expression, and capitals must stay what they are. */
function anyCase(word: string): string {
  return [...word].map((letter) => `[${letter}${letter.toUpperCase()}]`).join("");
}

const ERROR = saying(WORDS.error);
const WARNING = saying(WORDS.warning);
/** `TypeError: x is not a function`, `java.io.IOException: …`, and what they begin with. */
const THROWN =
  /^(?:Caused by: |Uncaught |Exception in thread "[^"]*" )?(?:[A-Za-z_$][\w$]*\.)*[A-Z]\w*(?:Error|Exception)\b|^Traceback \(most recent call last\)/;

/** The worse of two; null where it says nothing of the kind. */
export function levelOf(line: string): LogLevel | null {
  const text = line.slice(0, LOOKED_AT);
  if (ERROR.test(text) || THROWN.test(text)) return "error";
  return WARNING.test(text) ? "warning" : null;
}
