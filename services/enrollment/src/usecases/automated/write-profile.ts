import type { ServiceDatabase } from "@muster/postgres/service-database";
import { validate as isUuid } from "uuid";
import { checkSettings, type ProfileSettings, type SettingsProfile } from "../../domain/automated/settings-profile.ts";
import { refuse } from "../../domain/refusals.ts";
import { isProfileUsed, lockProfile, putProfile, removeProfile } from "../../storage/automated-profiles.ts";
import { listServers, makeDue } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { requireName } from "../credential-fields.ts";
import { unknownProfile } from "./change-server.ts";

export interface WriteProfileDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly now: () => Date;
  readonly newId: () => string;
}

interface Written {
  readonly name: string;
  readonly settings: ProfileSettings;
}

function check({ name, settings }: Written): void {
  requireName(name);
  checkSettings(settings);
}

export const createProfile =
  ({ database, newId, now }: WriteProfileDeps) =>
  async (tenant: string, written: Written): Promise<SettingsProfile> => {
    check(written);
    const at = now();
    const profile = { ...written, tenant, id: newId(), createdAt: at, updatedAt: at };
    await database.tenant(tenant, (work) => putProfile(work.sql, profile));
    return profile;
  };

/** Replaces a profile; every server defines it anew at Apple, and assigns it again to the devices that have it. */
export const updateProfile =
  ({ database, now }: WriteProfileDeps) =>
  async (tenant: string, id: string, written: Written): Promise<SettingsProfile> => {
    check(written);
    return database.tenant(tenant, async (work) => {
      const known = isUuid(id) ? await lockProfile(work.sql, tenant, id) : undefined;
      if (known === undefined) throw unknownProfile(id);
      const profile = { ...known, ...written, updatedAt: now() };
      await putProfile(work.sql, profile);
      for (const { server } of await listServers(work.sql, tenant)) await makeDue(work.sql, server, now());
      return profile;
    });
  };

export const deleteProfile =
  ({ database }: WriteProfileDeps) =>
  (tenant: string, id: string): Promise<void> =>
    database.tenant(tenant, async (work) => {
      if (!isUuid(id) || (await lockProfile(work.sql, tenant, id)) === undefined) throw unknownProfile(id);
      if (await isProfileUsed(work.sql, tenant, id))
        throw refuse("automated.profile_used", "a server, a rule or a device still has the profile; give them another");
      await removeProfile(work.sql, tenant, id);
    });
