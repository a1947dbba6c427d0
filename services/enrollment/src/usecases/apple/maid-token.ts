import { SignJWT } from "jose";
import { serverOfDevice } from "../../storage/automated-servers.ts";
import type { ServerVault } from "../automated/server-vault.ts";
import type { EnrollmentWork } from "./escrow.ts";

/** A Mac or iPhone asks for this when its user signs in with a managed account (Apple: GetToken, com.apple.maid). */
export const MAID = "com.apple.maid";

/**
 * The token that tells Apple which server manages the device: signed with the key whose certificate Apple got with the
 * server token, and issued by the server's UUID. Nothing when no server of the tenant is known to Apple.
 */
export async function maidToken(
  work: EnrollmentWork,
  { hardwareSerial, tenant }: { readonly tenant: string; readonly hardwareSerial: string },
  { id, now, vault }: { readonly vault: ServerVault; readonly now: Date; readonly id: string },
): Promise<Buffer | undefined> {
  const stored = await serverOfDevice(work.sql, tenant, hardwareSerial);
  const issuer = stored?.server.account?.serverUuid;
  if (stored === undefined || issuer === undefined) return undefined;
  const token = await new SignJWT({ service_type: MAID })
    .setProtectedHeader({ alg: "RS256", typ: "JWT" })
    .setIssuer(issuer)
    .setIssuedAt(now)
    .setJti(id)
    .sign(vault.openKey(stored.server, stored.sealed.key));
  return Buffer.from(token);
}
