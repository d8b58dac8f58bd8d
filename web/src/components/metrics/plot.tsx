// Draws one chart with uPlot: the average as a line, the spread as a ground, nothing where nothing is known.
import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { type ChartKind, type ChartView, formatTick, formatValue } from "../../model/chart.js";
import classes from "./plot.module.css";

interface PlotProps {
  readonly className: string;
  readonly view: ChartView;
  readonly kind: ChartKind;
  readonly sinceMs: number;
  readonly untilMs: number;
  /** The point under the pointer, null when it has left. */
  readonly onPoint: (at: number | null) => void;
}

/** An axis never ends below this, or the noise of an idle program would fill it. */
const LEAST: Readonly<Record<ChartKind, number>> = { cpu: 5, memory: 1_048_576, load: 0.1 };

/** Steps of a memory axis: powers of two, which read well with binary units. */
const BYTE_STEPS = Array.from({ length: 50 }, (_, power) => 2 ** power);

export default function Plot({ className, view, kind, sinceMs, untilMs, onPoint }: PlotProps) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const shown = useRef({ view, sinceMs, untilMs });
  shown.current = { view, sinceMs, untilMs };
  const scheme = useComputedColorScheme("light", { getInitialValueInEffect: false });

  // biome-ignore lint/correctness/useExhaustiveDependencies: colours are read from the page, which the scheme has changed
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const [line, grid, text] = [
      style.color,
      style.getPropertyValue("--fv-line"),
      style.getPropertyValue("--mantine-color-dimmed"),
    ];
    const axis = {
      stroke: text,
      grid: { stroke: grid, width: 1 },
      ticks: { stroke: grid, width: 1 },
      font: `11px ${style.fontFamily}`,
    };
    const created = new uPlot(
      {
        width: element.clientWidth,
        height: element.clientHeight,
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
        scales: {
          x: { time: true, range: () => [shown.current.sinceMs / 1_000, shown.current.untilMs / 1_000] },
          y: { range: (_, _min, max) => [0, Math.max(LEAST[kind], shown.current.view.ceiling ?? 0, (max ?? 0) * 1.1)] },
        },
        axes: [
          { ...axis, size: 28, values: (_, splits, _axis, _space, apart) => splits.map((at) => formatTick(at, apart)) },
          {
            ...axis,
            size: 62,
            values: (_, splits) => splits.map((value) => formatValue(kind, value)),
            ...(kind === "memory" ? { incrs: BYTE_STEPS } : {}),
          },
        ],
        series: [
          {},
          { stroke: "transparent", points: { show: false } },
          { stroke: "transparent", points: { show: false } },
          {
            stroke: line,
            width: 1.5,
            points: { show: true, size: 4, fill: line, filter: () => [...shown.current.view.lonely] },
          },
        ],
        bands: [{ series: [1, 2], fill: withAlpha(line) }],
        hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
      },
      dataOf(view),
      element,
    );
    plot.current = created;
    const sizes = new ResizeObserver(() =>
      created.setSize({ width: element.clientWidth, height: element.clientHeight }),
    );
    sizes.observe(element);
    return () => {
      sizes.disconnect();
      created.destroy();
      plot.current = null;
    };
  }, [kind, scheme, onPoint]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the time moves on though the points stay
  useEffect(() => plot.current?.setData(dataOf(view)), [view, sinceMs, untilMs]);

  return <div ref={box} className={`${className} ${classes[kind]}`} aria-hidden />;
}

function dataOf({ seconds, max, min, avg }: ChartView): uPlot.AlignedData {
  return [[...seconds], [...max], [...min], [...avg]];
}

function withAlpha(colour: string): string {
  return `color-mix(in srgb, ${colour} 22%, transparent)`;
}
