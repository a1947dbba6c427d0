import { useState } from "react";
import type { Activity } from "../../api/types.ts";
import { usePages } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { Feed, useFeed } from "../../parts/feed.tsx";
import { ChoiceField, SearchField } from "../../parts/fields.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { useChoice, useFilters } from "../../parts/use-filters.ts";
import { useSettled } from "../../parts/use-settled.ts";
import { WaitingButton } from "../../parts/waiting-button.tsx";
import { capital } from "../../words/names.ts";

const SERVICES = ["enrollment", "inventory", "policy", "command", "notification", "gateway"] as const;

/** Everything that happened, and what happens while the page is open. */
export function ActivityPage() {
  const [filters, setFilters] = useFilters();
  const { search = "" } = filters;
  const [service, setService] = useChoice("service", SERVICES);
  const settled = useSettled(search);
  const [openedAt] = useState(Date.now);
  const past = usePages("/api/v1/activities", {
    query: { search: settled, services: service === "" ? [] : [service] },
  });
  const events = useFeed(past.data?.pages.flatMap((page) => page.activities) ?? [], (event) =>
    isWanted(event, settled, service),
  );
  return (
    <Page title="Activity" about="What happened to every device, and what people did. New events appear by themselves.">
      <div className="filters">
        <SearchField label="Search in events" value={search} onChange={(value) => setFilters({ search: value })} />
        <ChoiceField
          compact
          label="Service"
          value={service}
          onChange={setService}
          choices={[["", "Every service"], ...SERVICES.map((each) => [each, capital(each)] as const)]}
        />
      </div>
      <section className="panel">
        {past.isError && <ProblemNote problem={past.error} retry={() => void past.refetch()} />}
        {past.isPending && <Loading rows={10} />}
        {past.data !== undefined && events.length === 0 && (
          <Empty title="Nothing like this happened" command="npm run -s muster -- events follow">
            Take a filter away, or follow the same stream in a terminal.
          </Empty>
        )}
        <Feed events={events} openedAt={openedAt} />
      </section>
      {past.hasNextPage && (
        <WaitingButton className="button" isWaiting={past.isFetchingNextPage} onPress={() => void past.fetchNextPage()}>
          Show earlier events
        </WaitingButton>
      )}
    </Page>
  );
}

/** Whether the server would have listed an event that just came. */
const isWanted = (event: Activity, search: string, service: string): boolean =>
  (service === "" || event.type.startsWith(`muster.${service}.`)) &&
  (search === "" || JSON.stringify(event).toLowerCase().includes(search.toLowerCase()));
