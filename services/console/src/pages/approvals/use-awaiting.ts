import type { Campaign } from "../../api/types.ts";
import { useApi } from "../../api/use-api.ts";

/** The campaigns that wait for a second person. */
export const useAwaiting = () =>
  useApi<{ campaigns: readonly Campaign[] }>("campaigns", { state: "CAMPAIGN_STATE_AWAITING_APPROVAL", pageSize: 100 });
