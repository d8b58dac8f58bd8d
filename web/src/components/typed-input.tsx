// A text field whose text counts once typing has paused, or at Enter; it follows when the value changes by something else.
import { TextInput } from "@mantine/core";
import type { ReactNode } from "react";
import { useTyped } from "../lib/typed.js";

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
  const { text, type, send } = useTyped(value, onValue);
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
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") send(text);
      }}
    />
  );
}
