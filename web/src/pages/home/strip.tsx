// Every instance of the fleet as one cell in its worst state, grouped by a label: one stop for Tab, arrows within, its name at hand.
import { type FocusEvent, type KeyboardEvent, type MouseEvent, useRef, useState } from "react";
import { Trans } from "react-i18next";
import { Link, useNavigate } from "react-router";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { formatCount } from "../../lib/format.js";
import { LIVENESS_LOOKS } from "../../model/states.js";
import {
  type StripCell as Cell,
  cellWords,
  type Move,
  moveTo,
  type StripGroup,
  type StripView,
} from "../../model/strip.js";
import { worstLook } from "../../model/worst.js";
import classes from "./strip.module.css";
import { StripCell, WorstMark } from "./strip-cell.js";

const MOVES: Readonly<Record<string, Move>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
  Home: "first",
  End: "last",
};

/** Widest card of a cell, px; the stylesheet has the same. */
const CARD_PX = 288;

const cellAt = (target: EventTarget): HTMLAnchorElement | null =>
  target instanceof Element ? target.closest<HTMLAnchorElement>("a[data-cell]") : null;

interface Shown {
  readonly name: string;
  readonly left: number;
  readonly top: number;
}

export function Strip({ view }: { readonly view: StripView }) {
  const box = useRef<HTMLElement>(null);
  const navigate = useNavigate();
  const [stop, setStop] = useState<string | null>(null);
  const [shown, setShown] = useState<Shown | null>(null);
  const cells = view.groups.flatMap((group) => group.cells);
  const reachable = cells.some(({ name }) => name === stop) ? stop : cells[0]?.name;
  const card = shown === null ? undefined : cells.find(({ name }) => name === shown.name);

  function show(cell: HTMLAnchorElement | null) {
    const width = box.current?.clientWidth ?? 0;
    setShown(
      cell === null
        ? null
        : {
            name: cell.dataset.cell ?? "",
            left: Math.max(0, Math.min(cell.offsetLeft, width - CARD_PX)),
            top: cell.offsetTop + cell.offsetHeight + 6,
          },
    );
  }

  function onKeyDown(event: KeyboardEvent<HTMLElement>) {
    const cell = cellAt(event.target);
    const move = MOVES[event.key];
    if (event.key === "Escape") setShown(null);
    if (cell === null || move === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const all = [...(box.current?.querySelectorAll<HTMLAnchorElement>("a[data-cell]") ?? [])];
    const places = all.map((each) => each.getBoundingClientRect());
    all[moveTo(places, all.indexOf(cell), move)]?.focus();
  }

  // A thousand links of the router would be a thousand listeners to its state: one here follows them all.
  function onClick(event: MouseEvent<HTMLElement>) {
    const cell = cellAt(event.target);
    if (cell === null || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    void navigate(cell.pathname);
  }

  function onFocus(event: FocusEvent<HTMLElement>) {
    const cell = cellAt(event.target);
    if (cell === null) return;
    setStop(cell.dataset.cell ?? null);
    show(cell);
  }

  return (
    <>
      <Legend view={view} />
      <section
        ref={box}
        className={classes.strip}
        data-room={view.room}
        aria-label={t("home:strip.title")}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onFocus={onFocus}
        onBlur={() => setShown(null)}
        onPointerOver={({ target, pointerType }) => pointerType === "mouse" && show(cellAt(target))}
        onPointerLeave={() => setShown(null)}
      >
        {view.groups.map((group) => (
          <Group key={group.value ?? ""} group={group} view={view} reachable={reachable} />
        ))}
        {shown !== null && card !== undefined && <Card cell={card} shown={shown} />}
      </section>
    </>
  );
}

function Legend({ view }: { readonly view: StripView }) {
  return (
    <ul className={`plain-list ${classes.legend}`} aria-label={t("home:strip.legend")}>
      {view.legend.map(({ worst, count, href }) => {
        const { word, meaning } = worstLook(worst);
        return (
          <li key={worst}>
            <Link to={href} className={classes.kind} title={meaning}>
              <WorstMark worst={worst} />
              <span className="num">{formatCount(count)}</span>{" "}
              <span className="sr-only">{t("home:strip.worstOfEach")}</span> {word}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

interface GroupProps {
  readonly group: StripGroup;
  readonly view: StripView;
  readonly reachable: string | null | undefined;
}

function Group({ group, view: { by, room }, reachable }: GroupProps) {
  const { value, count, href, wrong, cells } = group;
  const title = by === null ? null : (value ?? t("home:strip.without", { label: by }));
  return (
    <div className={classes.group}>
      {title !== null && (
        <h3 className={classes.head}>
          <Link to={href} className="any-break">
            {title} <span className="num">{formatCount(count)}</span>
          </Link>
          {wrong !== null && (
            <Link to={wrong.href} className={`num ${classes.wrong}`}>
              {t("home:strip.wrong", { count: wrong.count })}
            </Link>
          )}
        </h3>
      )}
      <ul className={`plain-list ${classes.cells}`} {...(title === null ? {} : { "aria-label": title })}>
        {cells.map((cell) => (
          <StripCell key={cell.name} cell={cell} named={room === "name"} reachable={cell.name === reachable} />
        ))}
      </ul>
    </div>
  );
}

/** What a cell says to those who see it; its label says the same to those who hear it. */
function Card({ cell, shown }: { readonly cell: Cell; readonly shown: Shown }) {
  const { liveness } = cell;
  return (
    <div className={classes.card} style={{ left: shown.left, top: shown.top }} aria-hidden>
      <strong className="any-break">{cell.name}</strong>
      {liveness === "live" ? (
        <span>{cellWords(cell)}</span>
      ) : (
        <>
          <span>
            <Trans
              ns="home"
              i18nKey="strip.lastHeard"
              values={{ liveness: LIVENESS_LOOKS[liveness].word }}
              components={{ ago: <Ago atMs={cell.lastHeardAtMs} /> }}
            />
          </span>
          <span className="dim">{t("home:strip.lastKnown", { words: cellWords(cell) })}</span>
        </>
      )}
    </div>
  );
}
