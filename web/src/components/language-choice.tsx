// Chooses the language where there is no account menu yet.
import { NativeSelect } from "@mantine/core";
import { IconLanguage } from "@tabler/icons-react";
import { chooseLanguage, LANGUAGES, type Language, language, t } from "../i18n/i18n.js";

export function LanguageChoice({ className }: { readonly className: string | undefined }) {
  return (
    <NativeSelect
      className={className ?? ""}
      size="xs"
      aria-label={t("shell:language")}
      leftSection={<IconLanguage size={16} />}
      value={language()}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      onChange={({ currentTarget }) => void chooseLanguage(currentTarget.value as Language)}
    />
  );
}
