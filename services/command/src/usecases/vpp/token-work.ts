import type { Enrollment } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { advance } from "../../domain/evolve.ts";
import type { StoreAsset } from "../../domain/vpp/store.ts";
import type { AppAssetRow } from "../../storage/app-assets.ts";
import { type LicenseRow, letGo } from "../../storage/app-licenses.ts";
import type { SealedAppToken } from "../../storage/app-tokens.ts";
import { lockByIds } from "../../storage/commands.ts";
import { owePushes } from "../../storage/push-dues.ts";
import type { Announcer, CommandWork, Database } from "../ports.ts";
import { byPlatform, recordSteps } from "../record-steps.ts";
import type { AppsAndBooksStore } from "./store-port.ts";

export interface TendDeps {
  readonly database: Database;
  readonly announcer: Announcer;
  readonly now: () => Date;
  /** 0 to 1; spreads what would come at one time. */
  readonly random: () => number;
  readonly store: AppsAndBooksStore;
  readonly openToken: (tenant: string, id: string, sealed: Buffer) => string;
  readonly askEnrollment: (tenant: string, enrollmentIds: readonly string[]) => Promise<readonly Enrollment[]>;
  /** The name that Apple knows a person by, from the person's managed account. */
  readonly personName: (tenant: string, account: string) => string;
}

/** One token in the hands of this replica. */
export interface TokenWork {
  readonly deps: TendDeps;
  readonly token: SealedAppToken;
  readonly bearer: string;
  /** In a transaction of the token's tenant. */
  readonly write: <T>(act: (work: CommandWork) => Promise<T>) => Promise<T>;
}

export const assetRow = (tokenId: string, asset: StoreAsset): AppAssetRow => ({
  token_id: tokenId,
  adam_id: asset.adamId,
  pricing_param: asset.pricingParam,
  product_type: asset.productType,
  device_assignable: asset.deviceAssignable,
  revocable: asset.revocable,
  platforms: asset.platforms,
  total_count: asset.totalCount,
  assigned_count: asset.assignedCount,
  available_count: asset.availableCount,
});

export interface Failing {
  readonly license: LicenseRow;
  /** The stable code, and what Apple said where it said something. */
  readonly reason: string;
}

/** Commands whose devices get no license fail, each with its cause; what was wanted for them is forgotten with that. */
export async function failWaiting({ deps, token, write }: TokenWork, failing: readonly Failing[]): Promise<void> {
  if (failing.length === 0) return;
  const { tenant } = token;
  const reasons = new Map(failing.map(({ license, reason }) => [license.command_id, reason]));
  const failed = await write(async (work) => {
    const keys = failing.map(({ license }) => ({ tenant, deviceId: license.device_id, id: license.command_id }));
    const commands = await lockByIds(work.sql, keys);
    const steps = commands.flatMap(
      (command) =>
        advance(command, { kind: "license_refused", reason: reasons.get(command.id) ?? "" }, deps.now()).steps,
    );
    await recordSteps(work, steps, byPlatform);
    return steps.map(({ after }) => after);
  });
  deps.announcer.changed(failed);
}

/** Commands whose devices have their licenses are handed out. @returns those that are still to be carried out */
export async function release(
  { deps, token, write }: TokenWork,
  licenses: readonly LicenseRow[],
): Promise<Set<string>> {
  const { tenant } = token;
  const ids = licenses.map(({ command_id }) => command_id);
  const { devices, open } = await write(async (work) => {
    const open = await letGo(work.sql, tenant, ids);
    const devices = licenses.flatMap(({ command_id, device_id }) =>
      open.has(command_id) ? [{ tenant, deviceId: device_id }] : [],
    );
    const dueAt = deps.now();
    await owePushes(
      work.sql,
      devices.map((device) => ({ ...device, userId: "", dueAt })),
      "command",
    );
    return { devices, open };
  });
  deps.announcer.wake(devices);
  return open;
}
