// Fields that say how an operation goes about many targets: all at once, or in batches with a watch on each.
import { SegmentedControl, TextInput } from "@mantine/core";
import type { Rollout, RolloutProblems } from "../model/rollout.js";
import classes from "./rollout-fields.module.css";

interface RolloutFieldsProps {
  readonly rollout: Rollout;
  readonly problems: RolloutProblems;
  readonly canWait: boolean;
  readonly onChange: (rollout: Rollout) => void;
}

export function RolloutFields({ rollout, problems, canWait, onChange }: RolloutFieldsProps) {
  const field = (name: keyof RolloutProblems, label: string) => (
    <TextInput
      size="xs"
      label={label}
      inputMode={name === "batch" ? "text" : "numeric"}
      value={rollout[name]}
      error={problems[name]}
      onChange={(event) => onChange({ ...rollout, [name]: event.currentTarget.value })}
    />
  );
  return (
    <fieldset className={classes.box}>
      <legend className="sr-only">How it is rolled out</legend>
      <SegmentedControl
        size="xs"
        aria-label="How many at a time"
        data={[
          { value: "all", label: "All at once" },
          { value: "batches", label: "In batches" },
        ]}
        value={rollout.inBatches ? "batches" : "all"}
        onChange={(value) => onChange({ ...rollout, inBatches: value === "batches" })}
      />
      {rollout.inBatches && (
        <div className={classes.fields}>
          {field("batch", "At a time (5 or 10%)")}
          {canWait && field("waitSeconds", "Each must stay up for, s")}
          {field("pauseSeconds", "Pause between batches, s")}
          {field("maxFailures", "Go on with failures up to")}
        </div>
      )}
    </fieldset>
  );
}
