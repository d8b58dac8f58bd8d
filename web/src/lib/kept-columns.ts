// The columns of the process table: those that the address names, else those chosen in this browser before, else the usual ones.
import { useEffect, useState } from "react";
import { areUsual, type ColumnId, formatColumns, parseColumns, USUAL_COLUMNS } from "../model/columns.js";
import { readStored, writeStored } from "./stored.js";

const STORED = "fleetvisor-process-columns";

export interface KeptColumns {
  readonly columns: readonly ColumnId[];
  /** Null goes back to the usual ones. */
  readonly choose: (columns: readonly ColumnId[] | null) => void;
}

/** `show` puts a choice into the address, so that whoever is sent it sees the same; `quietly` without an entry in the browser's past. */
export function useKeptColumns(
  named: readonly ColumnId[] | null,
  show: (columns: readonly ColumnId[] | null, quietly: boolean) => void,
): KeptColumns {
  const [kept, setKept] = useState(() => parseColumns(readStored(STORED)));
  useEffect(() => {
    if (named === null && kept !== null) show(kept, true);
  });
  return {
    columns: named ?? kept ?? USUAL_COLUMNS,
    choose: (wanted) => {
      const columns = wanted === null || areUsual(wanted) ? null : wanted;
      writeStored(STORED, columns === null ? null : formatColumns(columns));
      setKept(columns);
      show(columns, false);
    },
  };
}
