import type { Campaign } from "../../api/types.ts";
import { usePages } from "../../api/use-api.ts";
import { Empty } from "../../parts/empty.tsx";
import { ChoiceField } from "../../parts/fields.tsx";
import { Loading } from "../../parts/loading.tsx";
import { Page } from "../../parts/page.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { useFilters } from "../../parts/use-filters.ts";
import { useMay } from "../../session/session.tsx";
import { CampaignCard } from "./campaign-card.tsx";
import { NewCampaign } from "./new-campaign.tsx";

interface CampaignPage {
  readonly campaigns: readonly Campaign[];
  readonly nextPageToken: string;
}

/** One command for many devices, in waves; those that wait for a second person first. */
export function Campaigns() {
  const [{ state = "" }, setFilters] = useFilters();
  const may = useMay("campaign.write");
  const found = usePages<CampaignPage>("campaigns", { state });
  const campaigns = found.data?.pages.flatMap((page) => page.campaigns) ?? [];
  return (
    <Page
      title="Campaigns"
      about="One command for many devices, in waves that stop by themselves when too many fail."
      actions={may && <NewCampaign />}
    >
      <div className="filters">
        <ChoiceField
          compact
          label="State"
          value={state}
          onChange={(value) => setFilters({ state: value })}
          choices={[
            ["", "Every state"],
            ["CAMPAIGN_STATE_AWAITING_APPROVAL", "Awaiting approval"],
            ["CAMPAIGN_STATE_RUNNING", "Running"],
            ["CAMPAIGN_STATE_PAUSED", "Paused"],
            ["CAMPAIGN_STATE_HALTED", "Halted"],
            ["CAMPAIGN_STATE_COMPLETED", "Completed"],
          ]}
        />
      </div>
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
