// The keys that work everywhere: the palette, help, search, and `g` before the letter of a page. Text fields keep their keys.
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { meantKey } from "../../model/key-meant.js";
import { links } from "../../model/links.js";
import { PLACES } from "../../model/navigation.js";
import { KeyHelp } from "./key-help.js";

const Palette = lazy(async () => ({ default: (await import("./palette.js")).Palette }));

/** Time in which the letter must follow the `g`. */
const CHORD_MS = 1_200;

interface KeyboardProps {
  /** Opened by a button too. */
  readonly palette: boolean;
  readonly onPalette: (open: boolean) => void;
}

export function Keyboard({ palette, onPalette }: KeyboardProps) {
  const [help, setHelp] = useState(false);
  const [wanted, setWanted] = useState(false);
  const [early, setEarly] = useState("");
  const navigate = useNavigate();
  const { pathname } = useLocation();
  if (palette && !wanted) setWanted(true);
  useKeys({
    palette: () => {
      setEarly("");
      onPalette(!palette);
    },
    early: palette ? (key) => setEarly((before) => before + key) : null,
    help: () => setHelp(true),
    search: () => {
      // A page with a search of its own takes it; from everywhere else it leads to the processes.
      const field = document.querySelector<HTMLInputElement>("main search input");
      if (field !== null) field.focus();
      else if (pathname !== links.processes()) void navigate(links.processes());
    },
    goTo: (letter) => {
      const place = PLACES.find((each) => each.letter === letter);
      if (place !== undefined) void navigate(place.to);
    },
  });
  return (
    <>
      {wanted && (
        <Suspense fallback={null}>
          <Palette opened={palette} early={early} onClose={() => onPalette(false)} />
        </Suspense>
      )}
      <KeyHelp opened={help} onClose={() => setHelp(false)} />
    </>
  );
}

interface Keys {
  readonly palette: () => void;
  /** Characters on their way to the palette, which was asked for and is not there yet; null while it is not asked for. */
  readonly early: ((character: string) => void) | null;
  readonly help: () => void;
  readonly search: () => void;
  /** The letter pressed soon after a `g`. */
  readonly goTo: (letter: string) => void;
}

/** Outside of fields and without modifiers; the palette's key, which has one, from everywhere. */
function useKeys(keys: Keys): void {
  const tell = useRef(keys);
  tell.current = keys;
  useEffect(() => {
    let armedAtMs = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const { target, ctrlKey, metaKey, altKey, shiftKey } = event;
      const key = meantKey(event);
      if ((ctrlKey || metaKey) && !altKey && !shiftKey && key === "k") {
        event.preventDefault();
        tell.current.palette();
        return;
      }
      const typing =
        target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
      if (typing || ctrlKey || metaKey || altKey) return;
      if (tell.current.early !== null) {
        if (event.key.length === 1) {
          event.preventDefault();
          tell.current.early(event.key);
        }
        return;
      }
      if (event.timeStamp - armedAtMs < CHORD_MS) {
        armedAtMs = Number.NEGATIVE_INFINITY;
        tell.current.goTo(key);
      } else if (key === "?") tell.current.help();
      else if (key === "/") {
        // Else the sign would be the first one in the field.
        event.preventDefault();
        tell.current.search();
      } else if (key === "g") armedAtMs = event.timeStamp;
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
