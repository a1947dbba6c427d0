import {
  type AppAsset,
  type AppInstall,
  AppInstallState,
  type AppLicense,
  AppLicenseState,
  type AppToken,
} from "@muster/contracts/gen/muster/command/v1/app_license";
import type { AppAssetRow } from "../../storage/app-assets.ts";
import type { AppInstallRow } from "../../storage/app-installs.ts";
import type { LicenseRow } from "../../storage/app-licenses.ts";
import type { AppTokenRow } from "../../storage/app-tokens.ts";

export const tokenMessage = (row: AppTokenRow): AppToken => ({
  id: row.id,
  organization: row.organization,
  location: row.location,
  appleId: row.apple_id,
  expiresAt: row.expires_at,
  claimedBy: row.claimed_by,
  problem: row.problem,
  syncedAt: row.synced_at ?? undefined,
  createdBy: row.created_by,
});

export const assetMessage = (row: AppAssetRow): AppAsset => ({
  tokenId: row.token_id,
  adamId: row.adam_id,
  pricingParam: row.pricing_param,
  productType: row.product_type,
  deviceAssignable: row.device_assignable,
  revocable: row.revocable,
  platforms: [...row.platforms],
  totalCount: row.total_count,
  assignedCount: row.assigned_count,
  availableCount: row.available_count,
});

const LICENSE_STATES = {
  wanted: AppLicenseState.APP_LICENSE_STATE_WANTED,
  asked: AppLicenseState.APP_LICENSE_STATE_ASKED,
  held: AppLicenseState.APP_LICENSE_STATE_HELD,
  returning: AppLicenseState.APP_LICENSE_STATE_RETURNING,
} as const satisfies Record<LicenseRow["state"], AppLicenseState>;

export const licenseMessage = (row: LicenseRow): AppLicense => ({
  tokenId: row.token_id,
  adamId: row.adam_id,
  deviceId: row.device_id,
  state: LICENSE_STATES[row.state],
  ofPerson: row.of_person,
  commandId: row.command_id,
  identifier: row.identifier,
  since: row.since,
});

const INSTALL_STATES = {
  accepted: AppInstallState.APP_INSTALL_STATE_ACCEPTED,
  managed: AppInstallState.APP_INSTALL_STATE_MANAGED,
  failed: AppInstallState.APP_INSTALL_STATE_FAILED,
  unknown: AppInstallState.APP_INSTALL_STATE_UNKNOWN,
} as const satisfies Record<AppInstallRow["state"], AppInstallState>;

export const installMessage = (row: AppInstallRow): AppInstall => ({
  deviceId: row.device_id,
  commandId: row.command_id,
  identifier: row.identifier,
  state: INSTALL_STATES[row.state],
  status: row.status,
  acceptedAt: row.accepted_at,
  endedAt: row.ended_at ?? undefined,
});
