import type { EnqueueRefusal } from "../../domain/channel.ts";
import type { Order } from "../../domain/order.ts";
import { purchaseIn, withPurchase } from "../../domain/vpp/purchase.ts";
import { findLicenseSource, type LicenseSource } from "../../storage/app-assets.ts";
import { wantLicenses } from "../../storage/app-licenses.ts";
import { makeTokensDue } from "../../storage/app-tokens.ts";
import type { CommandBatch } from "../../storage/command-batches.ts";
import type { CommandWork } from "../ports.ts";

type Wish = Omit<Order, "deviceIds">;

export interface Licensed {
  readonly order: Wish;
  /** Where the licenses come from; nothing when none is needed. */
  readonly license: LicenseSource | undefined;
  readonly refusal: EnqueueRefusal | undefined;
}

/**
 * Whether what is asked for needs a license of one of the tenant's locations. An app that a location has licenses of is
 * installed with one, unless the command says that it is none of the organization's (PurchaseMethod 0).
 */
export async function licensed(work: CommandWork, tenant: string, order: Wish): Promise<Licensed> {
  const purchase = purchaseIn(order);
  if (purchase === undefined) return { order, license: undefined, refusal: undefined };
  const license = await findLicenseSource(work.sql, tenant, purchase.adamId);
  if (license !== undefined) return { order: withPurchase(order), license, refusal: undefined };
  const message = `no location's token has licenses of ${purchase.adamId}; upload one, or leave out PurchaseMethod`;
  const refusal = purchase.required ? ({ code: "command.no_licenses", message } as const) : undefined;
  return { order, license, refusal };
}

/** These commands wait until their devices have a license, a person's own device through its person. */
export async function awaitLicenses(
  work: CommandWork,
  license: LicenseSource,
  { deviceIds, ids, like: { tenant } }: CommandBatch,
  now: Date,
): Promise<void> {
  await wantLicenses(work.sql, license, { tenant, deviceIds: deviceIds.texts(), ids: ids.texts() }, now);
  await makeTokensDue(work.sql, tenant, [license.token_id], now);
}
