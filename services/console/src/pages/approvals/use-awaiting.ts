import { useApi } from "../../api/use-api.ts";

/** The campaigns that wait for a second person. */
export const useAwaiting = () =>
  useApi("/api/v1/campaigns", { query: { state: "CAMPAIGN_STATE_AWAITING_APPROVAL", pageSize: 100 } });
