import { useSyncExternalStore } from "react";
import { ago, exact } from "../words/time.ts";

const TICK_MS = 15_000;

let now = Date.now();
const tick = (changed: () => void): (() => void) => {
  const timer = setInterval(() => {
    now = Date.now();
    changed();
  }, TICK_MS);
  return () => clearInterval(timer);
};

/** How long ago; the exact time is its title. */
export function Ago({ time, never = "never" }: { readonly time: string | undefined; readonly never?: string }) {
  const current = useSyncExternalStore(tick, () => now);
  if (time === undefined || time === "") return <span className="faint">{never}</span>;
  return (
    <time dateTime={time} title={exact(time)}>
      {ago(time, Math.max(current, Date.now()))}
    </time>
  );
}
