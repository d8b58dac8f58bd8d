// What Tab does with the words that fit: as much as they have in common, then a list of them, as readline does. Pure.

/** `add` is put in at the cursor; `list` is shown below the line, which is then shown again. */
export type Completion = { readonly add: string } | { readonly list: readonly string[] };

function commonStart(words: readonly string[]): string {
  const [first = "", ...others] = words;
  let length = first.length;
  while (others.some((word) => word.slice(0, length) !== first.slice(0, length))) length -= 1;
  return first.slice(0, length);
}

/** `typed` is the word at the cursor, all `candidates` begin with it; `isRepeated` when Tab was pressed on this line before. */
export function complete(typed: string, candidates: readonly string[], isRepeated: boolean): Completion {
  const words = [...new Set(candidates)].sort();
  const add = commonStart(words).slice(typed.length);
  return add === "" && words.length > 1 && isRepeated ? { list: words } : { add };
}

/** Lines of the words in columns that are read downwards, at most `width` cells wide. */
export function inColumns(words: readonly string[], width: number): string[] {
  const cell = Math.max(...words.map((word) => word.length)) + 2;
  const rows = Math.ceil(words.length / Math.max(1, Math.floor(width / cell)));
  return Array.from({ length: rows }, (_, row) =>
    words
      .filter((_, at) => at % rows === row)
      .map((word) => word.padEnd(cell))
      .join("")
      .trimEnd(),
  );
}
