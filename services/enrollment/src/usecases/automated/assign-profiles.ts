import type { ServiceDatabase } from "@muster/postgres/service-database";
import { AbmError, type AbmProblem } from "../../domain/automated/abm-error.ts";
import {
  type AssignedDevice,
  type Order,
  ordersFor,
  retryAssignment,
  wantedProfile,
} from "../../domain/automated/assignment.ts";
import type { AutomatedServer } from "../../domain/automated/automated-server.ts";
import type { SettingsProfile } from "../../domain/automated/settings-profile.ts";
import { devicesAfter, type SavedAnswer, saveAnswers } from "../../storage/automated-devices.ts";
import { definitionsOf, listProfiles, putDefinition, supersedeDefinition } from "../../storage/automated-profiles.ts";
import { keepClaim } from "../../storage/automated-servers.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { sha256 } from "../credential-hash.ts";
import type { AbmServer } from "./ports.ts";

export interface AssignDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly now: () => Date;
  /** From 0 to 1. */
  readonly chance: () => number;
  /** Until when the server is left to whoever has it now. */
  readonly claimUntil: () => Date;
}

/** How many devices are looked at in one go. */
const AT_ONCE = 5_000;

/** What Apple may say of one profile, and would not of the next. */
const ABOUT_ONE: ReadonlySet<AbmProblem> = new Set(["rejected", "profile_unknown", "unreadable"]);

/**
 * Tells Apple which device is to have which profile, wherever that is not so already, and keeps what it answers for each. A
 * profile that Apple refuses keeps no other from its devices; that it was refused is thrown at the end.
 */
export async function assignProfiles(
  deps: AssignDeps,
  server: AutomatedServer,
  abm: AbmServer,
  url: string,
): Promise<void> {
  const { database, now } = deps;
  const { defaultProfileId, id, rules, tenant } = server;
  const profiles = await database.tenant(tenant, (work) => listProfiles(work.sql, tenant));
  const defined = await openDefinitions(deps, server, abm, url, profiles);
  let refused: AbmError | undefined;
  const apart = (done: Promise<void>): Promise<void> =>
    done.catch((error: unknown) => {
      if (!(error instanceof AbmError) || !ABOUT_ONE.has(error.problem)) throw error;
      refused ??= error;
    });
  for (let after = ""; ; ) {
    const devices = await database.tenant(tenant, (work) =>
      devicesAfter(work.sql, { tenant, serverId: id }, after, AT_ONCE),
    );
    const wishes = devices.map((device) => ({ device, profileId: wantedProfile(device, rules, defaultProfileId) }));
    for (const profileId of new Set(wishes.map((wish) => wish.profileId)))
      if (profileId !== undefined) await apart(defined.require(profileId));
    const orders = ordersFor(wishes, defined.uuids, defined.known, now());
    for (const order of orders) await apart(carryOut(deps, server, abm, order, devices, defined));
    const last = devices.at(-1);
    if (last === undefined || devices.length < AT_ONCE) break;
    after = last.serialNumber;
  }
  if (refused !== undefined) throw refused;
}

interface Definitions {
  /** By the id of the profile, what Apple calls it. */
  readonly uuids: ReadonlyMap<string, string>;
  /** Everything that was ever defined for the server. */
  readonly known: ReadonlySet<string>;
  /** Defines the profile at Apple unless it is defined there as it is now. */
  require(profileId: string): Promise<void>;
  /** Apple has lost the profile with this UUID. */
  forget(profileUuid: string): Promise<void>;
}

async function openDefinitions(
  { database }: AssignDeps,
  { id: serverId, tenant }: AutomatedServer,
  abm: AbmServer,
  url: string,
  profiles: readonly SettingsProfile[],
): Promise<Definitions> {
  const all = await database.tenant(tenant, (work) => definitionsOf(work.sql, tenant, serverId));
  const current = new Map(all.filter(({ superseded }) => !superseded).map((each) => [each.profileId, each]));
  const uuids = new Map<string, string>();
  const known = new Set(all.map(({ profileUuid }) => profileUuid));
  return {
    uuids,
    known,
    require: async (profileId) => {
      const profile = profiles.find(({ id }) => id === profileId);
      if (profile === undefined || uuids.has(profileId)) return;
      const fingerprint = fingerprintOf(profile, url);
      const held = current.get(profileId);
      if (held?.sha256 === fingerprint) {
        uuids.set(profileId, held.profileUuid);
        return;
      }
      const profileUuid = await abm.defineProfile(profile, url);
      const definition = { tenant, serverId, profileId, profileUuid, sha256: fingerprint };
      await database.tenant(tenant, (work) => putDefinition(work.sql, definition));
      known.add(profileUuid);
      uuids.set(profileId, profileUuid);
    },
    forget: async (profileUuid) => {
      for (const [profileId, uuid] of uuids) {
        if (uuid !== profileUuid) continue;
        uuids.delete(profileId);
        current.delete(profileId);
        await database.tenant(tenant, (work) => supersedeDefinition(work.sql, { tenant, serverId, profileId }));
      }
    },
  };
}

/** Of what Apple is told; what is only ours to know makes no other profile of it. */
function fingerprintOf({ name, settings }: SettingsProfile, url: string): string {
  const { minimums: _minimums, releasedByHand: _releasedByHand, ...told } = settings;
  return sha256(JSON.stringify([name, url, Object.entries(told).toSorted(([one], [other]) => (one < other ? -1 : 1))]));
}

async function carryOut(
  { chance, claimUntil, database, now }: AssignDeps,
  { id: serverId, tenant }: AutomatedServer,
  abm: AbmServer,
  { profileUuid, serialNumbers }: Order,
  devices: readonly AssignedDevice[],
  defined: Definitions,
): Promise<void> {
  const answers = await abm.assignProfile(profileUuid, serialNumbers).catch(async (error: unknown) => {
    // Defined anew in the next round, which the failure brings soon.
    if (error instanceof AbmError && error.problem === "profile_unknown" && profileUuid !== undefined)
      await defined.forget(profileUuid);
    throw error;
  });
  const at = now();
  const before = new Map(devices.map((device) => [device.serialNumber, device.failures]));
  const saved = [...answers].map(([serialNumber, { answer, retryAfterMs }]): SavedAnswer => {
    if (answer === "SUCCESS") return { serialNumber, answer, failures: 0, retryAt: undefined };
    const failures = (before.get(serialNumber) ?? 0) + 1;
    return { serialNumber, answer, failures, retryAt: retryAssignment(failures, retryAfterMs, at, chance()) };
  });
  await database.tenant(tenant, async (work) => {
    await keepClaim(work.sql, { tenant, id: serverId }, claimUntil());
    await saveAnswers(work.sql, { tenant, serverId }, profileUuid, saved);
  });
}
