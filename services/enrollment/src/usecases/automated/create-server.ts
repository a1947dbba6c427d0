import type { KeyObject } from "node:crypto";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { AutomatedServer } from "../../domain/automated/automated-server.ts";
import { addServer } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { sha256 } from "../credential-hash.ts";
import { checkServer, profilesOf, requireProfiles, type ServerChange } from "./change-server.ts";
import type { ServerVault } from "./server-vault.ts";

export interface CreateServerDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly vault: ServerVault;
  readonly makeCertificate: (
    name: string,
    now: Date,
  ) => Promise<{ readonly certificate: string; readonly key: KeyObject }>;
  readonly now: () => Date;
  readonly newId: () => string;
  readonly newCredential: () => string;
}

/** Makes a server: its key, the certificate that Apple gets of it, and the address that its devices are sent to. */
export const createServer =
  ({ database, makeCertificate, newCredential, newId, now, vault }: CreateServerDeps) =>
  async (tenant: string, change: ServerChange): Promise<AutomatedServer> => {
    const { defaultProfileId, name, rules } = change;
    checkServer(change);
    const { certificate, key } = await makeCertificate(name, now());
    const server: AutomatedServer = {
      tenant,
      id: newId(),
      name,
      certificate,
      tokenExpiresAt: undefined,
      account: undefined,
      rules,
      defaultProfileId,
      position: { phase: "fetch", cursor: "", round: 1 },
      fetched: false,
      syncedAt: undefined,
      nextSyncAt: undefined,
      failures: 0,
      lastError: "",
      termsChangedAt: undefined,
      expiryWarnings: 0,
      createdAt: now(),
      revision: 1,
    };
    const door = newCredential();
    const sealed = { key: vault.sealKey(server, key), door: vault.sealDoor(server, door), token: undefined };
    await database.tenant(tenant, async (work) => {
      await requireProfiles(work, tenant, profilesOf(change));
      await addServer(work.sql, server, sealed, sha256(door));
    });
    return server;
  };
