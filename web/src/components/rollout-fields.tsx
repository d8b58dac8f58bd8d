// Fields that say how an operation goes about many targets: all at once, or in batches with a watch on each.
import { SegmentedControl, TextInput } from "@mantine/core";
import { t } from "../i18n/i18n.js";
import type { Rollout, RolloutProblems } from "../model/rollout.js";
import classes from "./rollout-fields.module.css";

interface RolloutFieldsProps {
  readonly rollout: Rollout;
  readonly problems: RolloutProblems;
  readonly canWait: boolean;
  readonly onChange: (rollout: Rollout) => void;
}

export function RolloutFields({ rollout, problems, canWait, onChange }: RolloutFieldsProps) {
  const field = (name: keyof RolloutProblems) => (
    <TextInput
      size="xs"
      label={t(`operations:rollout.${name}`)}
      inputMode={name === "batch" ? "text" : "numeric"}
      value={rollout[name]}
      error={problems[name]}
      onChange={(event) => onChange({ ...rollout, [name]: event.currentTarget.value })}
    />
  );
  return (
    <fieldset className={classes.box}>
      <legend className="sr-only">{t("operations:rollout.legend")}</legend>
      <SegmentedControl
        size="xs"
        aria-label={t("operations:rollout.howMany")}
        data={[
          { value: "all", label: t("operations:rollout.all") },
          { value: "batches", label: t("operations:rollout.batches") },
        ]}
        value={rollout.inBatches ? "batches" : "all"}
        onChange={(value) => onChange({ ...rollout, inBatches: value === "batches" })}
      />
      {rollout.inBatches && (
        <div className={classes.fields}>
          {field("batch")}
          {canWait && field("waitSeconds")}
          {field("pauseSeconds")}
          {field("maxFailures")}
        </div>
      )}
    </fieldset>
  );
}
