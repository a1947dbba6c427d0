import { warningDue } from "../../domain/vpp/token-expiry.ts";
import { forgetOtherAssets, putAppAssets } from "../../storage/app-assets.ts";
import { type AppTokenRow, noteSynced, noteWarned } from "../../storage/app-tokens.ts";
import { tokenMessage } from "./app-messages.ts";
import { assetRow, type TokenWork } from "./token-work.ts";

/** Fetches how many licenses there are, and who says that he manages the location; tells of what somebody has to act on. */
export async function syncToken({ bearer, deps, token, write }: TokenWork): Promise<AppTokenRow> {
  const { store } = deps;
  const [config, assets] = [await store.clientConfig(bearer), await store.assets(bearer)];
  const now = deps.now();
  const { manager } = config;
  const claimedBy = manager === undefined || manager.id === token.id ? "" : manager.name || manager.id;
  return await write(async (work) => {
    await putAppAssets(
      work.sql,
      token.tenant,
      assets.map((asset) => assetRow(token.id, asset)),
    );
    await forgetOtherAssets(work.sql, token.tenant, token.id, assets);
    const row = await noteSynced(work.sql, token, {
      location: config.location || token.location,
      claimedBy,
      expiresAt: config.expiresAt ?? token.expires_at,
      syncedAt: now,
    });
    if (row !== undefined && claimedBy !== "" && claimedBy !== token.claimed_by)
      work.emit({
        type: "muster.command.v1.AppTokenClaimed",
        deviceId: "",
        actor: "",
        data: { token: tokenMessage(row) },
      });
    return row ?? token;
  });
}

/** Tells that a token expires, once for each step on the way; nobody at Apple needs to be asked for that. */
export async function warnOfExpiry({ deps, token, write }: TokenWork): Promise<void> {
  const daysLeft = warningDue(token.expires_at, token.warned_days ?? undefined, deps.now());
  if (daysLeft === undefined) return;
  await write(async (work) => {
    const row = await noteWarned(work.sql, token, daysLeft);
    if (row === undefined) return;
    work.emit({
      type: "muster.command.v1.AppTokenExpiring",
      deviceId: "",
      actor: "",
      data: { token: tokenMessage(row), daysLeft },
    });
  });
}
