// The keys that work everywhere: the palette, help, search, and `g` before the letter of a page. Text fields keep their keys.
import { useHotkeys } from "@mantine/hooks";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
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
  const navigate = useNavigate();
  const { pathname } = useLocation();
  if (palette && !wanted) setWanted(true);
  useKeys((letter) => {
    if (letter === "?") return setHelp(true);
    const place = PLACES.find((each) => each.letter === letter);
    if (place !== undefined) void navigate(place.to);
  });
  useHotkeys([
    ["mod+K", () => onPalette(!palette)],
    [
      "/",
      () => {
        // A page with a search of its own takes it; from everywhere else it leads to the processes.
        const field = document.querySelector<HTMLInputElement>("main search input");
        if (field !== null) field.focus();
        else if (pathname !== links.processes()) void navigate(links.processes());
      },
    ],
  ]);
  return (
    <>
      {wanted && (
        <Suspense fallback={null}>
          <Palette opened={palette} onClose={() => onPalette(false)} />
        </Suspense>
      )}
      <KeyHelp opened={help} onClose={() => setHelp(false)} />
    </>
  );
}

/** Tells of `?`, whatever keys write it, and of the letter pressed soon after a `g`; outside of fields and without modifiers. */
function useKeys(onLetter: (letter: string) => void): void {
  const tell = useRef(onLetter);
  tell.current = onLetter;
  useEffect(() => {
    let armedAtMs = Number.NEGATIVE_INFINITY;
    const onKey = (event: KeyboardEvent) => {
      const { target, key } = event;
      const typing =
        target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
      if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.timeStamp - armedAtMs < CHORD_MS) {
        armedAtMs = Number.NEGATIVE_INFINITY;
        tell.current(key);
      } else if (key === "?") tell.current(key);
      else if (key === "g") armedAtMs = event.timeStamp;
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
