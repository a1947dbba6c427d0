const STEPS = [1, 2, 5, 10];
const STEPS_ABOVE_TEN = [1, 2, 2.5, 5, 10];

/** Round numbers from 0 to at least the highest, at most five of them. */
export function ticksTo(highest: number): readonly number[] {
  const rough = Math.max(highest, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const steps = power < 10 ? STEPS : STEPS_ABOVE_TEN;
  const step = Math.max(1, (steps.find((each) => each * power >= rough) ?? 10) * power);
  const count = Math.ceil(Math.max(highest, 1) / step);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** The place of the time that is nearest to the one that is pointed at; times rise. */
export function nearest(times: readonly number[], wanted: number): number {
  const at = times.findIndex((time) => time >= wanted);
  if (at === -1) return times.length - 1;
  if (at === 0) return 0;
  return wanted - (times[at - 1] ?? 0) < (times[at] ?? 0) - wanted ? at - 1 : at;
}

export type Point = readonly [x: number, y: number] | undefined;

const ALONE_PX = 3;

/** A line through the points, which breaks where there is none and where two are further apart than `gap`; a dash where one is alone. */
export function pathThrough(points: readonly Point[], gap: number): string {
  const joins = (from: Point, to: Point): boolean => from !== undefined && to !== undefined && to[0] - from[0] <= gap;
  return points
    .map((point, at) => {
      if (point === undefined) return "";
      const [x, y] = point;
      if (joins(points[at - 1], point)) return `L${x.toFixed(1)} ${y.toFixed(1)}`;
      if (joins(point, points[at + 1])) return `M${x.toFixed(1)} ${y.toFixed(1)}`;
      return `M${(x - ALONE_PX).toFixed(1)} ${y.toFixed(1)}h${2 * ALONE_PX}`;
    })
    .join("");
}
