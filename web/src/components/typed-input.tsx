// A text field whose text counts once typing has paused, or at Enter; it follows when the value changes by something else.
import { TextInput } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";

/** Pause in typing after which the text counts. */
const TYPING_MS = 350;

interface TypedInputProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly error?: string | null;
  readonly icon?: ReactNode;
  readonly hint?: ReactNode;
  readonly className?: string | undefined;
}

export function TypedInput({
  label,
  placeholder,
  value,
  onValue,
  error = null,
  icon,
  hint,
  className,
}: TypedInputProps) {
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
    if (text.trim() === value) return;
    const timer = setTimeout(send, TYPING_MS, text);
    return () => clearTimeout(timer);
  });
  return (
    <TextInput
      className={className ?? ""}
      aria-label={label}
      placeholder={placeholder}
      leftSection={icon}
      rightSection={hint}
      value={text}
      error={error}
      spellCheck={false}
      autoCapitalize="off"
      autoComplete="off"
      onChange={(event) => setText(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") send(text);
      }}
    />
  );
}
