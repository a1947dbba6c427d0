import type { Campaign } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { Answered } from "../../parts/answered.tsx";
import { DeviceLink } from "../../parts/device-link.tsx";
import { Empty } from "../../parts/empty.tsx";
import { Page } from "../../parts/page.tsx";
import { count } from "../../words/names.ts";
import { CampaignCard } from "../campaigns/campaign-card.tsx";
import { useAwaiting } from "./use-awaiting.ts";

/** What begins only once a second person said yes. */
export function Approvals() {
  const waiting = useAwaiting();
  return (
    <Page
      title="Approvals"
      about="What locks, erases or unenrolls many devices, or runs a script on them, begins once a second person approves it; whoever asked for it cannot."
    >
      <Answered of={waiting} rows={8}>
        {({ campaigns }) =>
          campaigns.length === 0 ? (
            <section className="panel">
              <Empty title="Nothing waits">
                When somebody asks more than ten devices within an hour to lock, wipe or unenroll, or more than a
                hundred to run a script, it waits here for a day. How many are too many is set with
                MUSTER_APPROVAL_ABOVE and MUSTER_SCRIPT_APPROVAL_ABOVE.
              </Empty>
            </section>
          ) : (
            campaigns.map((campaign) => (
              <CampaignCard key={campaign.id} campaign={campaign}>
                <Whom campaign={campaign} />
              </CampaignCard>
            ))
          )
        }
      </Answered>
    </Page>
  );
}

const SHOWN = 12;

/** The first devices that it would ask, by name: whoever approves should know whom it hits. */
function Whom({ campaign: { id, deviceCount } }: { readonly campaign: Campaign }) {
  const { data } = useApi("/api/v1/campaigns/{id}/devices", { path: { id }, query: { pageSize: SHOWN } });
  if (data === undefined) return null;
  const { devices } = data;
  return (
    <p className="soft small devices-named">
      {devices.map(({ deviceId }) => (
        <DeviceLink key={deviceId} id={deviceId} />
      ))}
      {deviceCount > devices.length && <span>and {count(deviceCount - devices.length)} more</span>}
    </p>
  );
}
