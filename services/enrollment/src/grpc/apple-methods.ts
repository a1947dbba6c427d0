import type { AppleDeviceServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { enrollmentMessage } from "../contract/enrollment-message.ts";
import { escrowedMessage, secretKindFrom } from "../contract/escrow-message.ts";
import type { Device } from "../domain/device.ts";
import { secretIn, toldSecret } from "../domain/escrow.ts";
import { refuse } from "../domain/refusals.ts";
import { channelsOf } from "../storage/apple-channels.ts";
import { devicesOfEnrollments } from "../storage/device-store.ts";
import type { EnrollmentDatabase } from "../storage/tables.ts";
import type { Escrow } from "../usecases/apple/escrow.ts";
import type { EscrowKeys } from "../usecases/apple/escrow-keys.ts";

export interface AppleMethodsDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly escrow: Escrow;
  readonly escrowKeys: EscrowKeys;
  /** A signed enrollment profile for a device that is being erased. */
  readonly issueReturnProfile: (tenant: string, deviceId: string) => Promise<Buffer>;
  readonly now: () => Date;
  /** The signed profile that renews a device's certificate, for the command that brings it. */
  readonly renewalProfile: (tenant: string, deviceId: string, commandId: string) => Promise<Buffer>;
}

const MOST = 1_000;

function checkIds(ids: readonly string[]): string[] {
  if (ids.length > MOST) throw refuse("enrollment.bad_request", `at most ${MOST} are asked for in one go`);
  return ids.filter((id) => isUuid(id));
}

function ownerOf(tenant: string, deviceId: string, kind: Parameters<typeof secretKindFrom>[0]) {
  const known = secretKindFrom(kind);
  if (known === undefined) throw refuse("enrollment.bad_request", "kind is not stated: say what the secret opens");
  if (!isUuid(deviceId)) throw refuse("enrollment.unknown", `there is no device "${deviceId}"`);
  return { tenant, deviceId, kind: known };
}

function commandOf(id: string): string {
  if (!isUuid(id)) throw refuse("enrollment.bad_request", "command_id is no id of a command");
  return id.toLowerCase();
}

/** AppleDeviceService as the contract describes it. */
export const appleMethods = ({
  database,
  escrow,
  escrowKeys,
  issueReturnProfile,
  now,
  renewalProfile,
}: AppleMethodsDeps): Methods<AppleDeviceServiceServer> => ({
  resolveEnrollments: async ({ enrollmentIds }, { tenant }) => {
    const ids = checkIds(enrollmentIds);
    const devices = await database.tenant(tenant, (work) => devicesOfEnrollments(work.sql, tenant, ids));
    const isCurrent = ({ apple, status }: Device) => status === "enrolled" && ids.includes(apple?.enrollmentId ?? "");
    return { enrollments: devices.filter(isCurrent).map(enrollmentMessage) };
  },

  listPushTargets: async ({ deviceIds }, { tenant }) => {
    const channels = await database.tenant(tenant, (work) => channelsOf(work.sql, tenant, checkIds(deviceIds)));
    return {
      targets: channels.map(({ deviceId, pushMagic, token, topic, userId }) => ({
        deviceId,
        userId,
        topic,
        token,
        pushMagic,
      })),
    };
  },

  renderRenewalProfile: async ({ commandId, deviceId }, { tenant }) => {
    if (!isUuid(deviceId)) throw refuse("enrollment.unknown", `there is no device "${deviceId}"`);
    return { content: await renewalProfile(tenant, deviceId, commandId) };
  },

  escrowSecret: async ({ commandId, deviceId, envelope, kind, unproven, value }, { actor, tenant }) => {
    const owner = ownerOf(tenant, deviceId, kind);
    if ((value === "") === (envelope.length === 0))
      throw refuse("enrollment.bad_request", "give either value or envelope: one of them holds the secret");
    const secret =
      envelope.length === 0 ? secretIn(owner.kind, value) : await escrowKeys.open(tenant, Buffer.from(envelope));
    const giving = { actor, at: now(), unproven, commandId: commandId === "" ? undefined : commandOf(commandId) };
    const entry = await database.tenant(tenant, (work) => escrow.take(work, owner, secret, giving));
    return { secret: escrowedMessage(entry) };
  },

  makeSecret: async ({ commandId, deviceId, kind }, { actor, tenant }) => {
    const owner = ownerOf(tenant, deviceId, kind);
    const giving = { actor, at: now(), commandId: commandOf(commandId) };
    const made = await database.tenant(tenant, (work) => escrow.make(work, owner, giving));
    if (made === undefined)
      throw refuse("enrollment.bad_request", "kind is none that is made up: only devices make it");
    return { secret: escrowedMessage(made.entry, toldSecret(owner.kind, made.secret)) };
  },

  revealSecret: async ({ deviceId, kind, provenOnly, purpose }, { actor, tenant }) => {
    const owner = ownerOf(tenant, deviceId, kind);
    const reading = { actor, at: now(), purpose };
    const read = await database.tenant(tenant, (work) => escrow.read(work, owner, reading, provenOnly));
    if (read === undefined)
      throw refuse("enrollment.secret_not_escrowed", "no such secret of this device is in escrow");
    return { secret: escrowedMessage(read.entry, toldSecret(owner.kind, read.secret)) };
  },

  issueReturnProfile: async ({ deviceId }, { tenant }) => {
    if (!isUuid(deviceId)) throw refuse("enrollment.unknown", `there is no device "${deviceId}"`);
    return { profile: await issueReturnProfile(tenant, deviceId) };
  },
});
