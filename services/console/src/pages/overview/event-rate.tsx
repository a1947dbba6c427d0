import { Link } from "@tanstack/react-router";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Panel } from "../../parts/page.tsx";
import { Plot } from "../../parts/plot.tsx";
import { figure } from "../../words/names.ts";
import { AGAIN, type Span } from "./span.ts";

const MINUTE_MS = 60_000;

/** How much happens. */
export function EventRate({ span: { since, stepMs } }: { readonly span: Span }) {
  const counts = useApi("/api/v1/event-count-history", { query: { since } }, AGAIN);
  return (
    <Panel title="Events a minute" more={<Link to="/activity">All of them</Link>}>
      <Answered of={counts}>
        {({ history }) => {
          const rates = history.flatMap(({ at = "", until = "", count }) => {
            const minutes = (Date.parse(until) - Date.parse(at)) / MINUTE_MS;
            // The hour that has just begun says nothing yet.
            return minutes < 1 ? [] : [{ at: Date.parse(at), rate: count / minutes }];
          });
          if (rates.length === 0)
            return (
              <Empty title="The first minute is being counted">
                What devices do and people ask for is an event; how many there are is drawn here from their first minute
                on.
              </Empty>
            );
          return (
            <Plot
              label="Events in each minute"
              times={rates.map(({ at }) => at)}
              series={[{ name: "A minute", values: rates.map(({ rate }) => rate) }]}
              write={figure}
              stepMs={stepMs}
            />
          );
        }}
      </Answered>
    </Panel>
  );
}
