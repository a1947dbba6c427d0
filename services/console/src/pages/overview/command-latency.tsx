import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { Plot } from "../../parts/plot.tsx";
import { figure } from "../../words/names.ts";
import { durationUnit } from "../../words/time.ts";
import { AGAIN, type Span } from "./span.ts";

/** How long devices take to do what they are asked. */
export function CommandLatency({ span: { since, stepMs } }: { readonly span: Span }) {
  const latency = useApi("/api/v1/command-latency-history", { query: { since } }, AGAIN);
  return (
    <Panel title="Command latency" more={<Link to="/commands">All commands</Link>}>
      <Answered of={latency}>
        {({ history }) => {
          if (history.length === 0)
            return (
              <Empty title="No command was answered in this time">
                Ask a device for something on <Link to="/devices">its page</Link>, or run a{" "}
                <Link to="/scripts">script</Link>: how long the answer takes is noted here.
              </Empty>
            );
          const [unit, ms] = durationUnit(Math.max(...history.map(({ p95Ms }) => p95Ms)));
          return (
            <Plot
              label="From asked for to answered"
              times={history.map(({ at }) => Date.parse(at ?? ""))}
              series={[
                { name: "Half of them", values: history.map(({ medianMs }) => medianMs / ms) },
                { name: "95 of 100", values: history.map(({ p95Ms }) => p95Ms / ms) },
              ]}
              write={(value) => `${figure(value)} ${unit}`}
              stepMs={stepMs}
            />
          );
        }}
      </Answered>
    </Panel>
  );
}
