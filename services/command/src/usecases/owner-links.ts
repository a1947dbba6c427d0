import { createHash } from "node:crypto";
import type { DeviceKey } from "../domain/device-key.ts";
import { refuse } from "../domain/refusals.ts";
import { putOwnerLink, takeOwnerLink } from "../storage/owner-links.ts";
import type { Database } from "./ports.ts";

/** Long enough for a browser to start, too short to be found and used later. */
const LINK_MS = 10 * 60_000;

export interface OwnerLink {
  readonly url: string;
  readonly expiresAt: Date;
}

export interface OwnerLinkDeps {
  readonly database: Database;
  readonly now: () => Date;
  /** A secret that nobody guesses, fit for an address. */
  readonly newToken: () => string;
  /** Where people reach the platform. */
  readonly publicUrl: URL;
}

/** Makes the link by which the person at a device opens its page. It works once; a new one ends the one before. */
export const ownerLinks =
  ({ database, now, newToken, publicUrl }: OwnerLinkDeps) =>
  async ({ tenant, deviceId }: DeviceKey): Promise<OwnerLink> => {
    const token = newToken();
    const expiresAt = new Date(now().getTime() + LINK_MS);
    await database.tenant(tenant, (work) => putOwnerLink(work.sql, { tenant, deviceId }, sha256Of(token), expiresAt));
    return { url: new URL(`/my-device/open/${tenant}/${token}`, publicUrl).href, expiresAt };
  };

/** Exchanges a link for its device, once. */
export const redeemOwnerLink =
  ({ database, now }: Pick<OwnerLinkDeps, "database" | "now">) =>
  async (tenant: string, token: string): Promise<string> => {
    const deviceId = await database.tenant(tenant, (work) => takeOwnerLink(work.sql, tenant, sha256Of(token), now()));
    if (deviceId === undefined)
      throw refuse("owner.bad_link", "the link was used already, or is too old: ask the device for a new one");
    return deviceId;
  };

const sha256Of = (token: string): Buffer => createHash("sha256").update(token).digest();
