import type { DeviceCount, Policy } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { Plot } from "../../parts/plot.tsx";
import { useMay } from "../../session/session.tsx";
import { count } from "../../words/names.ts";
import { complianceNow, mostCommon, onlineShare, passing } from "./series.ts";
import { AGAIN, type Span } from "./span.ts";

interface FleetTrendsProps {
  readonly span: Span;
  readonly openedAt: number;
  readonly counts: readonly DeviceCount[] | undefined;
  readonly policies: readonly Policy[] | undefined;
}

const percentage = (value: number): string => `${Math.round(value)} %`;

/** How the fleet came to be as it is: each hour was counted once, and what is now comes last. */
export function FleetTrends({ span: { since, stepMs }, openedAt, counts = [], policies = [] }: FleetTrendsProps) {
  const mayJudge = useMay("policy.read");
  const devices = useApi("/api/v1/device-count-history", { query: { since, byOs: true } }, AGAIN);
  const verdicts = useApi("/api/v1/compliance-history", { query: { since } }, { ...AGAIN, enabled: mayJudge });
  const now = Math.max(openedAt, devices.dataUpdatedAt);
  const counted = [...(devices.data?.history ?? []), { at: new Date(now).toISOString(), counts }];
  const judged = [...(verdicts.data?.history ?? []), complianceNow(new Date(now).toISOString(), policies)];
  const [times, judgedTimes] = [counted, judged].map((all) => all.map(({ at }) => Date.parse(at ?? "")));
  if (devices.isPending || counted.length < 2) {
    return (
      <Panel title="Devices">
        <Empty title="The first hour is being counted">
          Once an hour it is noted how many devices there are of each kind, how many are online and how many pass.
        </Empty>
      </Panel>
    );
  }
  const plot = { times: times ?? [], stepMs };
  const judgedPlot = { times: judgedTimes ?? [], stepMs };
  return (
    <>
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
    </>
  );
}
