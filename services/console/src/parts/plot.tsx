import { type PointerEvent, useEffect, useRef, useState } from "react";
import { DAY_MS, exact } from "../words/time.ts";
import { nearest, type Point, pathThrough, ticksTo } from "./plot-scale.ts";
import "./plot.css";

export interface Series {
  readonly name: string;
  /** One for each time; none where it is not known. */
  readonly values: readonly (number | undefined)[];
}

interface PlotProps {
  /** What is shown, for those who do not see it. */
  readonly label: string;
  /** In milliseconds, rising. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly write: (value: number) => string;
  /** How far apart two times are at most for a line to join them. */
  readonly stepMs: number;
}

const HEIGHT = 168;
const [TOP, BOTTOM, LEFT] = [8, 22, 44];
const PX_FOR_A_TIME = 110;

/** Values over time as lines, the same as a table, and what they are where is pointed. */
export function Plot({ label, times, series, write, stepMs }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null);
  const width = useWidth(frame);
  const [pointed, setPointed] = useState<number>();
  const [from = 0, last = 0] = [times[0], times.at(-1)];
  const until = last > from ? last : from + stepMs;
  const ticks = ticksTo(Math.max(0, ...series.flatMap(({ values }) => values.map((value) => value ?? 0))));
  const top = ticks.at(-1) ?? 1;
  const inside = Math.max(1, width - LEFT);
  const x = (time: number): number => LEFT + ((time - from) / (until - from)) * inside;
  const y = (value: number): number => TOP + (1 - value / top) * (HEIGHT - TOP - BOTTOM);
  const shown = pointed !== undefined && pointed < times.length ? pointed : times.length - 1;
  const point = (event: PointerEvent<SVGSVGElement>): void => {
    const { left } = event.currentTarget.getBoundingClientRect();
    setPointed(nearest(times, from + ((event.clientX - left - LEFT) / inside) * (until - from)));
  };
  const marks = Math.max(2, Math.floor(inside / PX_FOR_A_TIME));
  return (
    <figure className="plot" ref={frame}>
      <svg
        width={width}
        height={HEIGHT}
        aria-hidden="true"
        onPointerMove={point}
        onPointerLeave={() => setPointed(undefined)}
      >
        {ticks.map((tick) => (
          <g key={tick}>
            <line className="plot-grid" x1={LEFT} x2={width} y1={y(tick)} y2={y(tick)} />
            <text className="plot-text" x={LEFT - 8} y={y(tick) + 4} textAnchor="end">
              {write(tick)}
            </text>
          </g>
        ))}
        {Array.from({ length: marks }, (_, index) => {
          const time = from + ((until - from) * index) / (marks - 1);
          const anchor = index === 0 ? "start" : index === marks - 1 ? "end" : "middle";
          return (
            <text className="plot-text" key={index} x={x(time)} y={HEIGHT - 4} textAnchor={anchor}>
              {shortly(time, until - from)}
            </text>
          );
        })}
        {series.map(({ name, values }, index) => {
          const points = values.map(
            (value, at): Point => (value === undefined ? undefined : [x(times[at] ?? 0), y(value)]),
          );
          return (
            <path
              className={`plot-line plot-${index % 6}`}
              key={name}
              d={pathThrough(points, (2.5 * stepMs * inside) / (until - from))}
            />
          );
        })}
        {pointed !== undefined && (
          <line
            className="plot-pointed"
            x1={x(times[shown] ?? 0)}
            x2={x(times[shown] ?? 0)}
            y1={TOP}
            y2={HEIGHT - BOTTOM}
          />
        )}
      </svg>
      <figcaption className="plot-legend">
        {series.map(({ name, values }, index) => (
          <span key={name}>
            <svg width="18" height="8" aria-hidden="true">
              <line className={`plot-line plot-${index % 6}`} x1="0" x2="18" y1="4" y2="4" />
            </svg>
            {name} <strong>{values[shown] === undefined ? "–" : write(values[shown])}</strong>
          </span>
        ))}
        <span className="faint push-end">{pointed === undefined ? "now" : exactOf(times[shown])}</span>
      </figcaption>
      <details>
        <summary className="small">As a table</summary>
        <ValueTable label={label} times={times} series={series} write={write} />
      </details>
    </figure>
  );
}

const ValueTable = ({ label, times, series, write }: Omit<PlotProps, "stepMs">) => (
  <div className="plot-table" tabIndex={0} role="group" aria-label={label}>
    <table aria-label={label}>
      <thead>
        <tr>
          <th scope="col">Time</th>
          {series.map(({ name }) => (
            <th className="numeric" scope="col" key={name}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {times
          .map((time, at) => (
            <tr key={time}>
              <td>{exactOf(time)}</td>
              {series.map(({ name, values }) => (
                <td className="numeric" key={name}>
                  {values[at] === undefined ? "–" : write(values[at])}
                </td>
              ))}
            </tr>
          ))
          .toReversed()}
      </tbody>
    </table>
  </div>
);

const exactOf = (time: number | undefined): string => (time === undefined ? "" : exact(new Date(time).toISOString()));

const HOURS = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAYS = new Intl.DateTimeFormat("en", { month: "short", day: "numeric" });

const shortly = (time: number, span: number): string => (span > 2 * DAY_MS ? DAYS : HOURS).format(time);

/** How wide an element is, also after the window has changed. */
function useWidth(element: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (element.current === null) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
