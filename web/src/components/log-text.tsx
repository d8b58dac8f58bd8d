// One line of a log with its terminal colours and search hits.
import { type CSSProperties, memo } from "react";
import { type AnsiSpan, type AnsiStyle, parseAnsi } from "../model/ansi.js";
import { cutPieces, type Range } from "../model/highlight.js";
import classes from "./log-text.module.css";

interface LogTextProps {
  readonly text: string;
  readonly spans: readonly AnsiSpan[];
  readonly hits: readonly Range[];
}

export const NO_HITS: readonly Range[] = [];

export const LogText = memo(function LogText({ text, spans, hits }: LogTextProps) {
  return (
    <>
      {cutPieces(text, spans, hits).map((piece, index) => {
        // On the ground of a hit a colour of the program may not be readable.
        const style = piece.style === null || piece.hit ? null : looksOf(piece.style);
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no name but their place
        const content = <Styled key={index} text={piece.text} looks={style} />;
        return piece.hit ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: as above
          <mark key={index} className={classes.hit}>
            {content}
          </mark>
        ) : (
          content
        );
      })}
    </>
  );
});

/** Several lines at once, for the last words of a process. */
export function LogBlock({ text }: { readonly text: string }) {
  let style: AnsiStyle = {};
  const lines = text
    .replace(/\n$/, "")
    .split("\n")
    .map((raw) => {
      const line = parseAnsi(raw, style);
      style = line.style;
      return line;
    });
  return (
    <pre className={classes.block}>
      {lines.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a fixed text
        <div key={index} className={classes.line}>
          <LogText text={line.text} spans={line.spans} hits={NO_HITS} />
        </div>
      ))}
    </pre>
  );
}

interface Looks {
  readonly className: string;
  readonly style: CSSProperties;
}

function Styled({ text, looks }: { readonly text: string; readonly looks: Looks | null }) {
  if (looks === null) return text;
  return (
    <span className={looks.className} style={looks.style}>
      {text}
    </span>
  );
}

function looksOf(style: AnsiStyle): Looks {
  const names: (string | undefined)[] = [];
  if (style.bold) names.push(classes.bold);
  if (style.dim) names.push(classes.dim);
  if (style.italic) names.push(classes.italic);
  if (style.underline) names.push(classes.underline);
  const [fg, bg] = style.inverse ? [style.bg ?? "var(--fv-log)", style.fg ?? "currentColor"] : [style.fg, style.bg];
  return {
    className: names.join(" "),
    style: {
      ...(fg === undefined ? {} : { color: colour(fg) }),
      ...(bg === undefined ? {} : { background: bg === "currentColor" ? "var(--mantine-color-text)" : colour(bg) }),
    },
  };
}

function colour(value: number | string): string {
  return typeof value === "number" ? `var(--fv-ansi-${value})` : value;
}
