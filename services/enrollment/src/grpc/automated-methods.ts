import {
  type AutomatedEnrollmentRule,
  AutomatedEnrollmentServer,
} from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment";
import type { AutomatedEnrollmentServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/automated_enrollment_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import type { Methods } from "@muster/rpc/server";
import type { Vault } from "@muster/vault/vault";
import { validate as isUuid } from "uuid";
import type { ProfileChoice } from "../domain/automated/assignment.ts";
import { refuse } from "../domain/refusals.ts";
import { countDevices, type DeviceQuery, listAutomatedDevices } from "../storage/automated-devices.ts";
import { definitionsOf, findProfile, listProfiles } from "../storage/automated-profiles.ts";
import { findServer, listServers } from "../storage/automated-servers.ts";
import type { EnrollmentWork } from "../usecases/apple/escrow.ts";
import {
  checkServer,
  chooseProfile,
  deleteServer,
  type ServerChange,
  syncNow,
  unknownProfile,
  unknownServer,
  updateServer,
} from "../usecases/automated/change-server.ts";
import { type CreateServerDeps, createServer } from "../usecases/automated/create-server.ts";
import { type UploadTokenDeps, uploadToken } from "../usecases/automated/upload-token.ts";
import { checkProfile, createProfile, deleteProfile, updateProfile } from "../usecases/automated/write-profile.ts";
import { deviceMessage, profileMessage, rulesFrom, serverMessage, writtenProfile } from "./automated-messages.ts";

export interface AutomatedMethodsDeps extends CreateServerDeps, UploadTokenDeps {
  /** Seals the networks that devices come back over. */
  readonly networks: Vault;
  /** Has what is due synchronized at once. */
  readonly soon: () => void;
}

const NOTHING = "the request says nothing; send what is to be written";

/** AutomatedEnrollmentService as the contract describes it. */
export function automatedMethods(deps: AutomatedMethodsDeps): Methods<AutomatedEnrollmentServiceServer> {
  const { database, soon } = deps;
  const create = createServer(deps);
  const [update, remove, sync, choose, upload] = [
    updateServer(deps),
    deleteServer(deps),
    syncNow(deps),
    chooseProfile(deps),
    uploadToken(deps),
  ];
  const server = async (tenant: string, id: string) =>
    database.tenant(tenant, async (work) => {
      const known = isUuid(id) ? await findServer(work.sql, { tenant, id }) : undefined;
      if (known === undefined) throw unknownServer(id);
      const counts = await countDevices(work.sql, tenant);
      return { server: serverMessage(known, counts.get(id) ?? 0) };
    });
  const chosen = async (tenant: string, id: string, serialNumbers: readonly string[], choice: ProfileChoice) => {
    const known = await choose(tenant, id, serialNumbers, choice);
    soon();
    const query = { serverId: id, serialNumbers: known, notEnrolledOnly: false, after: undefined, limit: known.length };
    return { devices: await database.tenant(tenant, (work) => list(work, tenant, query)) };
  };

  return {
    createAutomatedEnrollmentServer: async ({ defaultProfileId, name, rules }, { tenant }) =>
      server(tenant, (await create(tenant, serverChange(name, rules, defaultProfileId))).id),
    checkAutomatedEnrollmentServer: async ({ id, server: asked }) => {
      const { defaultProfileId, name, rules } = AutomatedEnrollmentServer.fromPartial(asked ?? {});
      checkServer(serverChange(name, rules, defaultProfileId));
      return { server: AutomatedEnrollmentServer.fromPartial({ id, name, rules, defaultProfileId }) };
    },
    getAutomatedEnrollmentServer: ({ id }, { tenant }) => server(tenant, id),
    listAutomatedEnrollmentServers: (_request, { tenant }) =>
      database.tenant(tenant, async (work) => {
        const counts = await countDevices(work.sql, tenant);
        const servers = await listServers(work.sql, tenant);
        return { servers: servers.map((each) => serverMessage(each, counts.get(each.server.id) ?? 0)) };
      }),
    updateAutomatedEnrollmentServer: async ({ defaultProfileId, expectedRevisions, id, name, rules }, { tenant }) => {
      await update(tenant, id, serverChange(name, rules, defaultProfileId), expectedRevisions);
      soon();
      return server(tenant, id);
    },
    deleteAutomatedEnrollmentServer: async ({ expectedRevisions, id }, { tenant }) => {
      await remove(tenant, id, expectedRevisions);
      return {};
    },
    uploadAutomatedEnrollmentToken: async ({ id, token }, { tenant }) => {
      if (!isUuid(id)) throw unknownServer(id);
      await upload(tenant, id, token);
      soon();
      return server(tenant, id);
    },
    syncAutomatedEnrollmentServer: async ({ id }, { tenant }) => {
      await sync(tenant, id);
      const answer = await server(tenant, id);
      soon();
      return answer;
    },

    listAutomatedEnrollmentDevices: (request, { tenant }) =>
      database.tenant(tenant, async (work) => {
        const { notEnrolledOnly, pageSize: asked, pageToken, serverId } = request;
        const [serial, of] = decodePageToken(pageToken, 2) ?? [];
        if ((serverId !== "" && !isUuid(serverId)) || (of !== undefined && !isUuid(of))) throw unknownServer(serverId);
        const size = pageSize(asked);
        const devices = await list(work, tenant, {
          serverId: serverId === "" ? undefined : serverId,
          notEnrolledOnly,
          serialNumbers: undefined,
          after: serial === undefined || of === undefined ? undefined : [serial, of],
          limit: size + 1,
        });
        const page = toPage(devices, size, (device) => [device.serialNumber, device.serverId]);
        return { devices: page.rows, nextPageToken: page.nextPageToken };
      }),
    assignAutomatedEnrollmentProfile: ({ id, profileId, serialNumbers }, { tenant }) =>
      chosen(tenant, id, serialNumbers, profileId === "" ? { by: "rules" } : { by: "hand", profileId }),
    unassignAutomatedEnrollmentProfile: ({ id, serialNumbers }, { tenant }) =>
      chosen(tenant, id, serialNumbers, { by: "hand", profileId: undefined }),

    createAutomatedEnrollmentProfile: async ({ profile }, { tenant }) => {
      if (profile === undefined) throw refuse("automated.bad_profile", NOTHING);
      return { profile: profileMessage(await createProfile(deps)(tenant, writtenProfile(profile))) };
    },
    checkAutomatedEnrollmentProfile: async ({ id, profile }) => {
      if (profile === undefined) throw refuse("automated.bad_profile", NOTHING);
      if (profile.minimums.some(({ beta }) => beta !== undefined && beta.token === ""))
        throw refuse("automated.bad_profile", "minimums names a beta program without its token");
      const written = writtenProfile(profile);
      checkProfile(written);
      const at = deps.now();
      const kept = { tenant: "", id, createdAt: at, updatedAt: at, hasReturnNetwork: false, revision: 0 };
      return { profile: profileMessage({ ...kept, name: written.name, settings: written.settings }) };
    },
    getAutomatedEnrollmentProfile: ({ id }, { tenant }) =>
      database.tenant(tenant, async (work) => {
        const known = isUuid(id) ? await findProfile(work.sql, tenant, id) : undefined;
        if (known === undefined) throw unknownProfile(id);
        return { profile: profileMessage(known) };
      }),
    listAutomatedEnrollmentProfiles: (_request, { tenant }) =>
      database.tenant(tenant, async (work) => ({
        profiles: (await listProfiles(work.sql, tenant)).map(profileMessage),
      })),
    updateAutomatedEnrollmentProfile: async ({ expectedRevisions, id, profile }, { tenant }) => {
      if (profile === undefined) throw refuse("automated.bad_profile", NOTHING);
      const profileNow = await updateProfile(deps)(tenant, id, writtenProfile(profile), expectedRevisions);
      soon();
      return { profile: profileMessage(profileNow) };
    },
    deleteAutomatedEnrollmentProfile: async ({ expectedRevisions, id }, { tenant }) => {
      await deleteProfile(deps)(tenant, id, expectedRevisions);
      return {};
    },
  };
}

const serverChange = (
  name: string,
  rules: readonly AutomatedEnrollmentRule[],
  defaultProfileId: string,
): ServerChange => ({
  name,
  rules: rulesFrom(rules),
  defaultProfileId: defaultProfileId === "" ? undefined : defaultProfileId,
});

async function list(work: EnrollmentWork, tenant: string, query: DeviceQuery) {
  const listed = await listAutomatedDevices(work.sql, tenant, query);
  const servers = new Map((await listServers(work.sql, tenant)).map((each) => [each.server.id, each.server]));
  const definitions = new Map<string, Awaited<ReturnType<typeof definitionsOf>>>();
  for (const id of new Set(listed.map(({ device }) => device.serverId)))
    definitions.set(id, await definitionsOf(work.sql, tenant, id));
  return listed.map((each) => {
    const server = servers.get(each.device.serverId) ?? { rules: [], defaultProfileId: undefined };
    return deviceMessage(each, server, definitions.get(each.device.serverId) ?? []);
  });
}
