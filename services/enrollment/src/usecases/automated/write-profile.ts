import { expectRevision } from "@muster/host/revision";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Vault } from "@muster/vault/vault";
import { validate as isUuid } from "uuid";
import {
  checkReturnNetwork,
  checkSettings,
  type ProfileSettings,
  type SettingsProfile,
} from "../../domain/automated/settings-profile.ts";
import { refuse } from "../../domain/refusals.ts";
import { isProfileUsed, lockProfile, putProfile, removeProfile } from "../../storage/automated-profiles.ts";
import { listServers, makeDue } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { requireName } from "../credential-fields.ts";
import { unknownProfile } from "./change-server.ts";

export interface WriteProfileDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  /** Seals the networks that devices come back over. */
  readonly networks: Vault;
  readonly now: () => Date;
  readonly newId: () => string;
}

interface Written {
  readonly name: string;
  readonly settings: ProfileSettings;
  /** Empty leaves the one that is kept, if any. */
  readonly returnNetwork: Buffer;
}

/** Where the network is sealed to that the devices of a profile come back over. */
export const returnNetworkPlace = ({ id, tenant }: Pick<SettingsProfile, "tenant" | "id">): string =>
  `${tenant}/automated-profile/${id}/return-network`;

/** Refuses what no profile can be like. */
export function checkProfile({ name, returnNetwork, settings }: Written): void {
  requireName(name);
  checkSettings(settings);
  checkReturnNetwork(returnNetwork, settings);
}

const sealed = (profile: Pick<SettingsProfile, "tenant" | "id">, network: Buffer, networks: Vault) =>
  network.length === 0 ? undefined : networks.seal(returnNetworkPlace(profile), network);

export const createProfile =
  ({ database, networks, newId, now }: WriteProfileDeps) =>
  async (tenant: string, written: Written): Promise<SettingsProfile> => {
    checkProfile(written);
    const at = now();
    const { name, returnNetwork, settings } = written;
    const profile = { name, settings, tenant, id: newId(), createdAt: at, updatedAt: at, revision: 1 };
    return database.tenant(tenant, (work) => putProfile(work.sql, profile, sealed(profile, returnNetwork, networks)));
  };

/** Replaces a profile; every server defines it anew at Apple, and assigns it again to the devices that have it. */
export const updateProfile =
  ({ database, networks, now }: WriteProfileDeps) =>
  async (tenant: string, id: string, written: Written, expected: readonly number[]): Promise<SettingsProfile> => {
    checkProfile(written);
    return database.tenant(tenant, async (work) => {
      const known = isUuid(id) ? await lockProfile(work.sql, tenant, id) : undefined;
      if (known === undefined) throw unknownProfile(id);
      expectRevision(known, expected);
      const { name, returnNetwork, settings } = written;
      const profile = await putProfile(
        work.sql,
        { ...known, name, settings, updatedAt: now(), revision: known.revision + 1 },
        sealed(known, returnNetwork, networks),
      );
      for (const { server } of await listServers(work.sql, tenant)) await makeDue(work.sql, server, now());
      return profile;
    });
  };

export const deleteProfile =
  ({ database }: WriteProfileDeps) =>
  (tenant: string, id: string, expected: readonly number[]): Promise<void> =>
    database.tenant(tenant, async (work) => {
      const known = isUuid(id) ? await lockProfile(work.sql, tenant, id) : undefined;
      if (known === undefined) throw unknownProfile(id);
      expectRevision(known, expected);
      if (await isProfileUsed(work.sql, tenant, id))
        throw refuse("automated.profile_used", "a server, a rule or a device still has the profile; give them another");
      await removeProfile(work.sql, tenant, id);
    });
