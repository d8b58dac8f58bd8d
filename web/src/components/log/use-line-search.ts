// A search through the rows on the page, kept up as they come and go.
import { useEffect, useMemo, useState } from "react";
import { type FoundLines, LineSearch, NOTHING_FOUND } from "../../api/line-search.js";
import { patternProblem, type Wanted } from "../../model/line-match.js";
import type { LogRow } from "../../model/log-buffer.js";

export interface LineSearchView extends FoundLines {
  /** What is wrong with the pattern; null when it can be used. */
  readonly problem: string | null;
}

export function useLineSearch(rows: readonly LogRow[], { text, isPattern, matchCase }: Wanted): LineSearchView {
  const [found, setFound] = useState<FoundLines>(NOTHING_FOUND);
  const [search, setSearch] = useState<LineSearch | null>(null);
  const problem = useMemo(() => patternProblem({ text, isPattern, matchCase }), [text, isPattern, matchCase]);
  useEffect(() => {
    setFound(NOTHING_FOUND);
    if (text === "" || problem !== null) return setSearch(null);
    const created = new LineSearch({ text, isPattern, matchCase }, setFound);
    setSearch(created);
    return () => created.stop();
  }, [text, isPattern, matchCase, problem]);
  useEffect(() => {
    search?.look(rows.filter(({ type }) => type === "text"));
  }, [search, rows]);
  return { ...found, problem };
}
