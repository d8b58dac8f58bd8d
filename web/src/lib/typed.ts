// A text that counts once typing has paused, or at once when it is said to; it follows when the value changes by something else.
import { useEffect, useRef, useState } from "react";

/** Pause in typing after which the text counts. */
const TYPING_MS = 350;

export interface Typed {
  /** As it stands in the field. */
  readonly text: string;
  readonly type: (text: string) => void;
  /** The text counts now. */
  readonly send: (text: string) => void;
}

/** `onValue` is told the text without white space around it. What is not whole yet does not count by a pause alone. */
export function useTyped(value: string, onValue: (value: string) => void, isWhole = (_: string) => true): Typed {
  const [text, setText] = useState(value);
  const [seen, setSeen] = useState(value);
  const sent = useRef(value);
  if (value !== seen) {
    setSeen(value);
    // Changed by the back button or a link, not by this field.
    if (value !== sent.current) setText(value);
  }
  const tell = useRef(onValue);
  tell.current = onValue;
  const send = (typed: string) => {
    sent.current = typed.trim();
    tell.current(typed.trim());
  };
  useEffect(() => {
    if (text.trim() === value || !isWhole(text.trim())) return;
    const timer = setTimeout(send, TYPING_MS, text);
    return () => clearTimeout(timer);
  });
  return { text, type: setText, send };
}
