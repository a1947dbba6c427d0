import { type Selectable, sql, type Transaction } from "kysely";
import { type Campaign, type CampaignState, lookAt } from "../domain/campaign/campaign.ts";
import type { CampaignsTable, CommandDatabase } from "./tables.ts";

type Sql = Transaction<CommandDatabase>;
type Row = Selectable<CampaignsTable>;

const campaignOf = (row: Row): Campaign => ({
  tenant: row.tenant,
  id: row.id,
  name: row.name,
  state: row.state,
  type: row.type,
  requestType: row.request_type,
  deviceCount: row.device_count,
  waveSizes: row.wave_sizes,
  wave: row.wave,
  waveAt: row.wave_at ?? undefined,
  nextWaveAt: row.next_wave_at ?? undefined,
  pauseSeconds: row.pause_seconds,
  successPercent: row.success_percent,
  haltPercent: row.halt_percent,
  haltMinimum: row.halt_minimum,
  haltReason: row.halt_reason,
  forgiven: {
    wave: { failed: row.forgiven_failed, ended: row.forgiven_ended },
    whole: { failed: row.forgiven_whole_failed, ended: row.forgiven_whole_ended },
  },
  reason: row.reason,
  createdBy: row.created_by,
  proposedBy: row.proposed_by,
  traceparent: row.traceparent,
  createdAt: row.created_at,
  approvedBy: row.approved_by,
  rejectedBy: row.rejected_by,
  decisionReason: row.decision_reason,
  approvalExpiresAt: row.approval_expires_at ?? undefined,
  expiresAt: row.expires_at,
  endedAt: row.ended_at ?? undefined,
  counts: row.counts ?? undefined,
  withdrawing: row.withdrawing,
});

/** What changes in a campaign's life, as a row. */
const changeable = (campaign: Campaign, now: Date) => ({
  state: campaign.state,
  wave: campaign.wave,
  wave_at: campaign.waveAt ?? null,
  next_wave_at: campaign.nextWaveAt ?? null,
  halt_reason: campaign.haltReason,
  forgiven_failed: campaign.forgiven.wave.failed,
  forgiven_ended: campaign.forgiven.wave.ended,
  forgiven_whole_failed: campaign.forgiven.whole.failed,
  forgiven_whole_ended: campaign.forgiven.whole.ended,
  approved_by: campaign.approvedBy,
  rejected_by: campaign.rejectedBy,
  decision_reason: campaign.decisionReason,
  ended_at: campaign.endedAt ?? null,
  counts: campaign.counts === undefined ? null : JSON.stringify(campaign.counts),
  withdrawing: campaign.withdrawing,
  look_at: lookAt(campaign, now) ?? null,
});

export async function insertCampaign(db: Sql, campaign: Campaign, sealedOrder: Buffer, now: Date): Promise<void> {
  await db
    .insertInto("campaigns")
    .values({
      ...changeable(campaign, now),
      tenant: campaign.tenant,
      id: campaign.id,
      name: campaign.name,
      type: campaign.type,
      request_type: campaign.requestType,
      sealed_order: sealedOrder,
      device_count: campaign.deviceCount,
      wave_sizes: sql<number[]>`${campaign.waveSizes}::int[]`,
      pause_seconds: campaign.pauseSeconds,
      success_percent: campaign.successPercent,
      halt_percent: campaign.haltPercent,
      halt_minimum: campaign.haltMinimum,
      reason: campaign.reason,
      created_by: campaign.createdBy,
      proposed_by: campaign.proposedBy,
      traceparent: campaign.traceparent,
      created_at: campaign.createdAt,
      approval_expires_at: campaign.approvalExpiresAt ?? null,
      expires_at: campaign.expiresAt,
      // The first wave is asked by the next sweep.
      ...(campaign.state === "running" && { look_at: now }),
    })
    .execute();
}

export async function saveCampaign(db: Sql, campaign: Campaign, now: Date): Promise<void> {
  await db
    .updateTable("campaigns")
    .set(changeable(campaign, now))
    .where("tenant", "=", campaign.tenant)
    .where("id", "=", campaign.id)
    .execute();
}

const one = (db: Sql, tenant: string, id: string) =>
  db.selectFrom("campaigns").selectAll().where("tenant", "=", tenant).where("id", "=", id);

export async function findCampaign(db: Sql, tenant: string, id: string): Promise<Campaign | undefined> {
  const row = await one(db, tenant, id).executeTakeFirst();
  return row && campaignOf(row);
}

/** The same, locked. */
export async function lockCampaign(db: Sql, tenant: string, id: string): Promise<Campaign | undefined> {
  const row = await one(db, tenant, id).forUpdate().executeTakeFirst();
  return row && campaignOf(row);
}

/** A campaign of any tenant whose time to be looked at has come, locked; what another replica looks at is left to it. */
export async function lockDueCampaign(db: Sql, now: Date): Promise<Campaign | undefined> {
  const row = await db
    .selectFrom("campaigns")
    .selectAll()
    .where("look_at", "<=", now)
    .orderBy("look_at")
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
  return row && campaignOf(row);
}

/** Lets a campaign that cannot be looked at now wait, so that the others have their turn. */
export async function putCampaignOff(db: Sql, { id, tenant }: Campaign, until: Date): Promise<void> {
  await db.updateTable("campaigns").set({ look_at: until }).where("tenant", "=", tenant).where("id", "=", id).execute();
}

export async function findSealedOrder(db: Sql, { id, tenant }: Campaign): Promise<Buffer> {
  const { sealed_order } = await db
    .selectFrom("campaigns")
    .select("sealed_order")
    .where("tenant", "=", tenant)
    .where("id", "=", id)
    .executeTakeFirstOrThrow();
  return sealed_order;
}

/** Campaigns, newest first: their ids are in the order of their making. */
export async function listCampaigns(
  db: Sql,
  tenant: string,
  { before, state }: { readonly before: string | undefined; readonly state: CampaignState | undefined },
  limit: number,
): Promise<Campaign[]> {
  let query = db.selectFrom("campaigns").selectAll().where("tenant", "=", tenant);
  if (state !== undefined) query = query.where("state", "=", state);
  if (before !== undefined) query = query.where("id", "<", before);
  const rows = await query.orderBy("id", "desc").limit(limit).execute();
  return rows.map(campaignOf);
}

/** Removes a campaign that ended before, with its devices; returns whether there may be more. */
export async function forgetCampaigns(db: Sql, endedBefore: Date): Promise<boolean> {
  const { numAffectedRows } = await sql`
    with old as (
      delete from campaigns where ctid = any(array(
        select ctid from campaigns where ended_at < ${endedBefore} limit 1 for update skip locked))
      returning tenant, id
    ), devices as (
      delete from campaign_devices d using old where d.tenant = old.tenant and d.campaign_id = old.id
    ) select from old`.execute(db);
  return (numAffectedRows ?? 0n) > 0n;
}
