/** The state of a campaign that waits for a second person. */
export const AWAITING = "CAMPAIGN_STATE_AWAITING_APPROVAL";
