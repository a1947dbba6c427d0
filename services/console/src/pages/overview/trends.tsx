import { useState } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";
import type { DeviceCount, Policy } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { Plot } from "../../parts/plot.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { DAY_MS } from "../../words/time.ts";
import { complianceNow, mostCommon, onlineShare, passing } from "./series.ts";

const HOUR_MS = 3_600_000;
const REFRESH_MS = 5 * 60_000;

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

const percentage = (value: number): string => `${Math.round(value)} %`;

/** How the fleet came to be as it is: each hour was counted once, and what is now comes last. */
export function Trends({ counts = [], policies = [] }: TrendsProps) {
  const mayJudge = useMay("policy.read");
  const [{ span: chosen = "day" }, setFilters] = useFilters();
  const span = SPANS.find(({ id }) => id === chosen) ?? SPANS[0];
  const [openedAt] = useState(Date.now);
  const since = new Date(openedAt - span.ms).toISOString();
  const options = { refetchInterval: REFRESH_MS };
  const devices = useApi("/api/v1/device-count-history", { query: { since, byOs: true } }, options);
  const verdicts = useApi("/api/v1/compliance-history", { query: { since } }, { ...options, enabled: mayJudge });
  const now = Math.max(openedAt, devices.dataUpdatedAt);
  const counted = [...(devices.data?.history ?? []), { at: new Date(now).toISOString(), counts }];
  const judged = [...(verdicts.data?.history ?? []), complianceNow(new Date(now).toISOString(), policies)];
  const [times, judgedTimes] = [counted, judged].map((all) => all.map(({ at }) => Date.parse(at ?? "")));
  const { stepMs } = span;
  if (devices.isPending || counted.length < 2) {
    return (
      <Panel title="Over time">
        <Empty title="The first hour is being counted">
          Once an hour it is noted how many devices there are of each kind, how many are online and how many pass.
        </Empty>
      </Panel>
    );
  }
  const plot = { times: times ?? [], stepMs };
  const judgedPlot = { times: judgedTimes ?? [], stepMs };
  return (
    <section className="stack" aria-labelledby="over-time">
      <header className="row between">
        <h2 id="over-time">Over time</h2>
        <ToggleButtonGroup
          className="row"
          aria-label="How far back"
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[span.id]}
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
        <Panel title="Devices by platform">
          <Plot {...plot} label="Devices by platform" series={mostCommon(counted, "platform")} write={count} />
        </Panel>
        <Panel title="Devices by operating system">
          <Plot {...plot} label="Devices by operating system" series={mostCommon(counted, "system")} write={count} />
        </Panel>
        <Panel title="Checked in">
          <Plot {...plot} label="Devices that had just checked in" series={onlineShare(counted)} write={percentage} />
        </Panel>
        {mayJudge && judged.length > 1 && (
          <>
            <Panel title="Compliance">
              <Plot {...judgedPlot} label="Checks that pass" series={passing(judged)} write={percentage} />
            </Panel>
            <Panel title="Failing policies">
              <Plot
                {...judgedPlot}
                label="Policies that some device fails"
                series={[
                  { name: "Failing", values: judged.map(({ failingPolicyCount }) => failingPolicyCount) },
                  { name: "In force", values: judged.map(({ policyCount }) => policyCount) },
                ]}
                write={count}
              />
            </Panel>
          </>
        )}
      </div>
    </section>
  );
}
