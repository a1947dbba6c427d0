import { usePages } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { StateFilter } from "../../parts/state-filter.tsx";
import { useChoice } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { CampaignCard } from "./campaign-card.tsx";
import { NewCampaign } from "./new-campaign.tsx";

const STATES = [
  "CAMPAIGN_STATE_AWAITING_APPROVAL",
  "CAMPAIGN_STATE_RUNNING",
  "CAMPAIGN_STATE_PAUSED",
  "CAMPAIGN_STATE_HALTED",
  "CAMPAIGN_STATE_COMPLETED",
] as const;

/** One command for many devices, in waves; those that wait for a second person first. */
export function Campaigns() {
  const [state, setState] = useChoice("state", STATES);
  const may = useMay("campaign.write");
  const found = usePages("/api/v1/campaigns", { query: { state } });
  const campaigns = found.data?.pages.flatMap((page) => page.campaigns) ?? [];
  return (
    <Page
      title="Campaigns"
      about="One command for many devices, in waves that stop by themselves when too many fail."
      actions={may && <NewCampaign />}
    >
      <StateFilter prefix="CAMPAIGN_STATE_" states={STATES} value={state} onChange={setState} />
      {found.isError && <ProblemNote problem={found.error} retry={() => void found.refetch()} />}
      {found.isPending && <Loading rows={8} />}
      {found.data !== undefined && campaigns.length === 0 && (
        <section className="panel">
          <Empty title="No campaign like this">
            A campaign asks its first wave, looks how that went, and goes on or stops. Lock and wipe for many devices
            wait here until somebody else approves them.
          </Empty>
        </section>
      )}
      {campaigns.map((campaign) => (
        <CampaignCard key={campaign.id} campaign={campaign} />
      ))}
    </Page>
  );
}
