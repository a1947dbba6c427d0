import { expectRevision } from "@muster/host/revision";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import { validate as isUuid } from "uuid";
import type { ProfileChoice } from "../../domain/automated/assignment.ts";
import { type AssignmentRule, namesNothing } from "../../domain/automated/assignment-rule.ts";
import { refuse } from "../../domain/refusals.ts";
import { devicesBySerial, saveChoice } from "../../storage/automated-devices.ts";
import { lockProfile } from "../../storage/automated-profiles.ts";
import { lockServer, makeDue, removeServer, saveRules } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import type { EnrollmentWork } from "../apple/escrow.ts";
import { requireName } from "../credential-fields.ts";

interface ServerDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly now: () => Date;
}

const MOST_RULES = 100;
const MOST_DEVICES = 1_000;

export const unknownServer = (id: string) =>
  refuse("automated.server_not_found", `there is no server "${id}" for automated enrollment`);

export const unknownProfile = (id: string) =>
  refuse("automated.profile_not_found", `there is no profile "${id}" for automated enrollment`);

async function requireServer(work: EnrollmentWork, tenant: string, id: string) {
  const known = isUuid(id) ? await lockServer(work.sql, { tenant, id }) : undefined;
  if (known === undefined) throw unknownServer(id);
  return known;
}

export async function requireProfiles(work: EnrollmentWork, tenant: string, ids: readonly string[]): Promise<void> {
  for (const id of new Set(ids)) {
    if (id === "") continue;
    if (!isUuid(id) || (await lockProfile(work.sql, tenant, id)) === undefined) throw unknownProfile(id);
  }
}

export interface ServerChange {
  readonly name: string;
  readonly rules: readonly AssignmentRule[];
  readonly defaultProfileId: string | undefined;
}

export const profilesOf = ({ defaultProfileId = "", rules }: ServerChange): string[] => [
  ...rules.map(({ profileId }) => profileId),
  defaultProfileId,
];

/** Refuses what no server can be like. */
export function checkServer({ name, rules }: ServerChange): void {
  requireName(name);
  if (rules.length > MOST_RULES) throw refuse("automated.bad_rule", `a server has at most ${MOST_RULES} rules`);
  if (rules.some(namesNothing))
    throw refuse("automated.bad_rule", "rules: one names nothing and fits no device; set default_profile_id instead");
}

/** Replaces a server's name and rules; its devices are assigned anew. */
export const updateServer =
  ({ database, now }: ServerDeps) =>
  (tenant: string, id: string, change: ServerChange, expected: readonly number[]): Promise<void> => {
    checkServer(change);
    return database.tenant(tenant, async (work) => {
      const { server } = await requireServer(work, tenant, id);
      expectRevision(server, expected);
      await requireProfiles(work, tenant, profilesOf(change));
      await saveRules(work.sql, { tenant, id }, change);
      await makeDue(work.sql, { tenant, id }, now());
    });
  };

/** Forgets a server and what Apple told of its devices. */
export const deleteServer =
  ({ database }: ServerDeps) =>
  (tenant: string, id: string, expected: readonly number[]): Promise<void> =>
    database.tenant(tenant, async (work) => {
      const { server } = await requireServer(work, tenant, id);
      expectRevision(server, expected);
      await removeServer(work.sql, { tenant, id });
    });

/** Has a server synchronized as soon as somebody is free. */
export const syncNow =
  ({ database, now }: ServerDeps) =>
  (tenant: string, id: string): Promise<void> =>
    database.tenant(tenant, async (work) => {
      const { sealed } = await requireServer(work, tenant, id);
      if (sealed.token === undefined)
        throw refuse("automated.no_token", "the server has no token yet; upload the one that Apple makes for it");
      await makeDue(work.sql, { tenant, id }, now());
    });

/** Chooses the profile of devices, or leaves it to the rules. @returns the serial numbers that the server has of these. */
export const chooseProfile =
  ({ database, now }: ServerDeps) =>
  (tenant: string, id: string, serialNumbers: readonly string[], choice: ProfileChoice): Promise<string[]> => {
    if (serialNumbers.length === 0 || serialNumbers.length > MOST_DEVICES)
      throw refuse("automated.bad_devices", `name 1 to ${MOST_DEVICES} serial numbers`);
    return database.tenant(tenant, async (work) => {
      await requireServer(work, tenant, id);
      await requireProfiles(work, tenant, choice.by === "hand" ? [choice.profileId ?? ""] : []);
      const server = { tenant, serverId: id };
      await saveChoice(work.sql, server, serialNumbers, choice);
      await makeDue(work.sql, { tenant, id }, now());
      return (await devicesBySerial(work.sql, server, serialNumbers)).map(({ serialNumber }) => serialNumber);
    });
  };
