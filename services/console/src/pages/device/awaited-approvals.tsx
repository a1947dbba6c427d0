import { Link } from "@tanstack/react-router";
import type { Campaign, Device } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";
import { useAwaiting } from "../approvals/use-awaiting.ts";

const MAX_LOOKED_AT = 10;

/** Says what would happen to a device once a second person approves it. */
export function AwaitedApprovals({ device }: { readonly device: Device }) {
  const waiting = useAwaiting();
  const forOne = (waiting.data?.campaigns ?? []).filter(({ deviceCount }) => deviceCount === 1);
  return forOne
    .slice(0, MAX_LOOKED_AT)
    .map((campaign) => <IfItsOwn key={campaign.id} campaign={campaign} device={device} />);
}

function IfItsOwn({ campaign, device }: { readonly campaign: Campaign; readonly device: Device }) {
  const { data } = useApi("/api/v1/campaigns/{id}/devices", { path: { id: campaign.id }, query: { pageSize: 1 } });
  if (data?.devices[0]?.deviceId !== device.id) return null;
  return (
    <p className="note warn">
      {campaign.name} waits for a second person; {campaign.createdBy} asked for it
      {campaign.reason !== "" && `: ${campaign.reason}`}.<Link to="/approvals">Look at it</Link>
    </p>
  );
}
