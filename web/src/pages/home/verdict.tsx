// The verdict on the fleet in words.
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconCircleDashedPlus,
  type TablerIcon,
} from "@tabler/icons-react";
import type { HomeView } from "../../model/home.js";
import classes from "./verdict.module.css";

const ICONS: Readonly<Record<HomeView["tone"], TablerIcon>> = {
  good: IconCircleCheckFilled,
  warn: IconAlertTriangleFilled,
  bad: IconAlertTriangleFilled,
  empty: IconCircleDashedPlus,
};

export function Verdict({ home }: { readonly home: HomeView }) {
  const Icon = ICONS[home.tone];
  return (
    <div className={classes.verdict} data-tone={home.tone}>
      <Icon size={34} aria-hidden className={classes.icon} />
      <div>
        <h1 className={classes.headline}>{home.headline}</h1>
        <p className={`${classes.detail} num`}>{home.detail}</p>
      </div>
    </div>
  );
}
