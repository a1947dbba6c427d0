import type { Logger } from "@muster/host/logging";
import type { ApprovalLimits } from "../../domain/campaign/approval.ts";
import type { Campaign } from "../../domain/campaign/campaign.ts";
import type { BodySeal } from "../apple/plan-apple.ts";
import type { Announcer, Database } from "../ports.ts";

export interface CampaignDeps {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly sealBody: BodySeal["seal"];
  /** Seals what a campaign asks its devices. */
  readonly sealOrder: (campaign: Campaign, order: string) => Buffer;
  readonly openOrder: (campaign: Campaign, sealed: Buffer) => string;
  /** More devices are asked only when a second person approved it. */
  readonly approvalAbove: ApprovalLimits;
  readonly log: Logger;
}
