// The title of the browser's tab, so that tabs and history tell pages apart.
import { useEffect } from "react";

export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · fleetvisor`;
  }, [title]);
}
