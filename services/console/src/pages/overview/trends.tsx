import { useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { DeviceCount, Policy } from "../../api/types.ts";
import { useFilters } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { DAY_MS } from "../../words/time.ts";
import { CommandLatency } from "./command-latency.tsx";
import { EventRate } from "./event-rate.tsx";
import { FleetTrends } from "./fleet-trends.tsx";

const HOUR_MS = 3_600_000;

const SPANS = [
  { id: "day", text: "24 hours", ms: DAY_MS, stepMs: HOUR_MS },
  { id: "week", text: "7 days", ms: 7 * DAY_MS, stepMs: HOUR_MS },
  { id: "month", text: "30 days", ms: 30 * DAY_MS, stepMs: DAY_MS },
  { id: "year", text: "A year", ms: 365 * DAY_MS, stepMs: DAY_MS },
] as const;

interface TrendsProps {
  readonly counts: readonly DeviceCount[] | undefined;
  readonly policies: readonly Policy[] | undefined;
}

/** How everything came to be as it is, over the span that the address says. */
export function Trends(now: TrendsProps) {
  const mayCommand = useMay("command.read");
  const mayWatch = useMay("activity.read");
  const [{ span: chosen = "day" }, setFilters] = useFilters();
  const { id: chosenId, ms, stepMs } = SPANS.find(({ id }) => id === chosen) ?? SPANS[0];
  const [openedAt] = useState(Date.now);
  const span = { since: new Date(openedAt - ms).toISOString(), stepMs };
  return (
    <section className="stack" aria-labelledby="over-time">
      <header className="row between">
        <h2 id="over-time">Over time</h2>
        <ToggleButtonGroup
          className="row"
          aria-label="How far back"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[chosenId]}
          onSelectionChange={(keys) => setFilters({ span: String([...keys][0] ?? "day") })}
        >
          {SPANS.map(({ id, text }) => (
            <ToggleButton className="chip" key={id} id={id}>
              {text}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
      </header>
      <div className="two">
        <FleetTrends {...now} span={span} openedAt={openedAt} />
        {mayCommand && <CommandLatency span={span} />}
        {mayWatch && <EventRate span={span} />}
      </div>
    </section>
  );
}
