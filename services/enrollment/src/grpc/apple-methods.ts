import type { AppleDeviceServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/apple_service";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { enrollmentMessage } from "../contract/enrollment-message.ts";
import { escrowedMessage, secretKindFrom } from "../contract/escrow-message.ts";
import type { Device } from "../domain/device.ts";
import { refuse } from "../domain/refusals.ts";
import { channelsOf } from "../storage/apple-channels.ts";
import { devicesOfEnrollments } from "../storage/device-store.ts";
import type { EnrollmentDatabase } from "../storage/tables.ts";
import type { Escrow } from "../usecases/apple/escrow.ts";

export interface AppleMethodsDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly escrow: Escrow;
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

/** AppleDeviceService as the contract describes it. */
export const appleMethods = ({
  database,
  escrow,
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

  escrowSecret: async ({ deviceId, kind, value }, { actor, tenant }) => {
    const owner = ownerOf(tenant, deviceId, kind);
    if (value === "") throw refuse("enrollment.bad_request", "value is empty: there is nothing to keep");
    const entry = await database.tenant(tenant, (work) => escrow.take(work, owner, Buffer.from(value), actor, now()));
    return { secret: escrowedMessage(entry) };
  },

  revealSecret: async ({ deviceId, kind, purpose }, { actor, tenant }) => {
    const owner = ownerOf(tenant, deviceId, kind);
    const read = await database.tenant(tenant, (work) => escrow.read(work, owner, { actor, at: now(), purpose }));
    if (read === undefined)
      throw refuse("enrollment.secret_not_escrowed", "no such secret of this device is in escrow");
    const isBytes = owner.kind === "bootstrap_token" || owner.kind === "unlock_token";
    return { secret: escrowedMessage(read.entry, read.secret.toString(isBytes ? "base64" : "utf8")) };
  },
});
