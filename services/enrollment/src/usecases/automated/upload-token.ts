import type { KeyObject } from "node:crypto";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { AbmError } from "../../domain/automated/abm-error.ts";
import type { AppleAccount, ServerToken } from "../../domain/automated/automated-server.ts";
import { refuse } from "../../domain/refusals.ts";
import { findServer, listServers, makeDue, saveToken } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { inTime } from "./ask-apple.ts";
import { unknownServer } from "./change-server.ts";
import type { OpenAbm } from "./ports.ts";
import type { ServerVault } from "./server-vault.ts";

export interface UploadTokenDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly vault: ServerVault;
  readonly openAbm: OpenAbm;
  readonly readToken: (file: Uint8Array, certificate: string, key: KeyObject) => ServerToken;
  readonly newId: () => string;
  readonly pause: (ms: number) => Promise<void>;
  readonly now: () => Date;
}

/** Takes a server's token, after asking Apple whose it is: a token of another service would mix up the devices of two. */
export const uploadToken =
  (deps: UploadTokenDeps) =>
  async (tenant: string, id: string, file: Uint8Array): Promise<void> => {
    const { database, now, readToken, vault } = deps;
    const known = await database.tenant(tenant, (work) => findServer(work.sql, { tenant, id }));
    if (known === undefined) throw unknownServer(id);
    const token = readToken(file, known.server.certificate, vault.openKey({ tenant, id }, known.sealed.key));
    if (token.expiresAt <= now())
      throw refuse("automated.bad_token", "the token has ended; download a new one from Apple");
    const account = await askAccount(deps, token);
    await database.tenant(tenant, async (work) => {
      const servers = await listServers(work.sql, tenant);
      const server = servers.find((each) => each.server.id === id)?.server;
      if (server === undefined) throw unknownServer(id);
      if (account !== undefined) {
        const isAnother = server.account !== undefined && server.account.serverUuid !== account.serverUuid;
        if (isAnother)
          throw refuse(
            "automated.wrong_server",
            `the token belongs to ${account.serverName}, not to ${server.account?.serverName}; make another server for it`,
          );
        const holder = servers.find((each) => each.server.account?.serverUuid === account.serverUuid)?.server;
        if (holder !== undefined && holder.id !== id)
          throw refuse(
            "automated.server_taken",
            `${holder.name} speaks for this service already; give the token to it`,
          );
      }
      await saveToken(work.sql, { tenant, id }, vault.sealToken({ tenant, id }, token), token.expiresAt, account);
      await makeDue(work.sql, { tenant, id }, now());
    });
  };

/** Whose the token is; nothing while Apple waits for somebody to agree to its terms. */
async function askAccount(
  { newId, openAbm, pause }: UploadTokenDeps,
  token: ServerToken,
): Promise<AppleAccount | undefined> {
  try {
    // A session of its own: the server's present one belongs to the token before.
    return await inTime({ pause }, openAbm(newId(), token).account());
  } catch (error) {
    if (!(error instanceof AbmError)) throw error;
    if (error.problem === "terms_changed") return undefined;
    if (error.problem === "unavailable")
      throw refuse("automated.apple_unreachable", `${error.message}; upload the token again a little later`, {
        cause: error,
        retryAfterSec: Math.ceil((error.retryAfterMs ?? 60_000) / 1_000),
      });
    throw refuse("automated.token_refused", `Apple does not take the token (${error.message})`, { cause: error });
  }
}
