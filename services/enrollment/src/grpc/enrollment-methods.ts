import { EnrollmentToken, EnrollSecret } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { EnrollmentServiceServer } from "@muster/contracts/gen/muster/enrollment/v1/enrollment_service";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { enrollmentMessage, OWNERSHIP, ownershipFrom, statusFrom } from "../contract/enrollment-message.ts";
import { refuse } from "../domain/refusals.ts";
import { type CreateEnrollSecret, checkEnrollSecret, secretTaken } from "../usecases/create-enroll-secret.ts";
import {
  type CreateEnrollmentToken,
  checkEnrollmentToken,
  type RotateEnrollmentToken,
} from "../usecases/create-enrollment-token.ts";
import { sha256 } from "../usecases/credential-hash.ts";
import type { Registry } from "../usecases/ports.ts";
import type { Unenroll } from "../usecases/unenroll.ts";
import { secretMessage, tokenMessage } from "./credential-messages.ts";

export interface EnrollmentMethodsDeps {
  readonly registry: Registry;
  readonly createEnrollSecret: CreateEnrollSecret;
  readonly createEnrollmentToken: CreateEnrollmentToken;
  readonly rotateEnrollmentToken: RotateEnrollmentToken;
  readonly unenroll: Unenroll;
  /** Answers the command that renews the device's certificate. */
  readonly askRenewal: (tenant: string, deviceId: string, actor: string) => Promise<string>;
  readonly now: () => Date;
}

const LONGEST_REASON = 500;

const unknownDevice = (id: string) => refuse("enrollment.unknown", `there is no device "${id}"`);

/** EnrollmentService as the contract describes it. */
export function enrollmentMethods(deps: EnrollmentMethodsDeps): Methods<EnrollmentServiceServer> {
  const { registry, createEnrollSecret, createEnrollmentToken, rotateEnrollmentToken, unenroll, askRenewal, now } =
    deps;
  return {
    getEnrollment: async ({ deviceId }, { tenant }) => {
      const device = isUuid(deviceId)
        ? await registry.tenant(tenant, (work) => work.device(tenant, deviceId))
        : undefined;
      if (device === undefined) throw unknownDevice(deviceId);
      return { enrollment: enrollmentMessage(device) };
    },

    listEnrollments: async ({ status, duplicatesOnly, pageSize: asked, pageToken }, { tenant }) => {
      const before = decodePageToken(pageToken, 1)?.[0];
      if (before !== undefined && !isUuid(before)) {
        throw refuse(
          "enrollment.bad_page_token",
          "page_token is not one that this list gave; leave it out to begin anew",
        );
      }
      const size = pageSize(asked);
      const filter = { status: statusFrom(status), duplicatesOnly, before, limit: size + 1 };
      const devices = await registry.tenant(tenant, (work) => work.devices(tenant, filter));
      const { rows, nextPageToken } = toPage(devices, size, ({ id }) => [id]);
      return { enrollments: rows.map(enrollmentMessage), nextPageToken };
    },

    unenroll: async ({ deviceId, reason }, { tenant, actor }) => {
      if (!isUuid(deviceId)) throw unknownDevice(deviceId);
      const cut = reason.replaceAll("\0", "").slice(0, LONGEST_REASON);
      return { enrollment: enrollmentMessage(await unenroll({ tenant, deviceId, reason: cut, actor })) };
    },

    renewIdentity: async ({ deviceId }, { tenant, actor }) => {
      if (!isUuid(deviceId)) throw unknownDevice(deviceId);
      return { commandId: await askRenewal(tenant, deviceId, actor) };
    },

    createEnrollSecret: async ({ name, secret: wanted, ownership, expiresAt }, { tenant }) => {
      const made = await createEnrollSecret({
        tenant,
        name,
        secret: wanted,
        ownership: ownershipFrom(ownership),
        expiresAt,
      });
      return { enrollSecret: secretMessage(made.entry, made.secret) };
    },

    checkEnrollSecret: async ({ id, enrollSecret }, { tenant }) => {
      const asked = EnrollSecret.fromPartial(enrollSecret ?? {});
      // One that is there already may have expired meanwhile.
      checkEnrollSecret({ ...asked, expiresAt: id === "" ? asked.expiresAt : undefined }, now());
      if (id === "") {
        const kept = await registry.tenant(tenant, (work) => work.secrets(tenant));
        if (kept.some(({ sha256: hash }) => hash === sha256(asked.secret))) throw secretTaken();
      }
      const ownership = OWNERSHIP[ownershipFrom(asked.ownership)];
      return { enrollSecret: { ...asked, id, ownership, secret: "", hint: asked.secret.slice(-4) } };
    },

    listEnrollSecrets: async (_request, { tenant }) => {
      const entries = await registry.tenant(tenant, (work) => work.secrets(tenant));
      return { enrollSecrets: entries.map((entry) => secretMessage(entry)) };
    },

    revokeEnrollSecret: async ({ id }, { tenant }) => {
      const entry = isUuid(id)
        ? await registry.tenant(tenant, (work) => work.revokeSecret(tenant, id, now()))
        : undefined;
      if (entry === undefined) throw refuse("enrollment.secret_not_found", `there is no enroll secret "${id}"`);
      return { enrollSecret: secretMessage(entry) };
    },

    createEnrollmentToken: async ({ name, maxUses, ownership, expiresAt }, { tenant }) => {
      const wanted = {
        tenant,
        name,
        maxUses: maxUses === 0 ? 1 : maxUses,
        ownership: ownershipFrom(ownership),
        expiresAt,
      };
      const made = await createEnrollmentToken(wanted);
      return { enrollmentToken: tokenMessage(made.entry, made.token) };
    },

    listEnrollmentTokens: async (_request, { tenant }) => {
      const entries = await registry.tenant(tenant, (work) => work.tokens(tenant));
      return { enrollmentTokens: entries.map((entry) => tokenMessage(entry)) };
    },

    checkEnrollmentToken: async ({ id, enrollmentToken }, { tenant }) => {
      const asked = EnrollmentToken.fromPartial(enrollmentToken ?? {});
      const kept = (await registry.tenant(tenant, (work) => work.tokens(tenant))).find((each) => each.id === id);
      const maxUses = asked.maxUses === 0 ? 1 : asked.maxUses;
      // One that is there already may have expired meanwhile, and has an end although none was asked for.
      checkEnrollmentToken({ ...asked, maxUses, expiresAt: kept === undefined ? asked.expiresAt : undefined }, now());
      const ownership = OWNERSHIP[ownershipFrom(asked.ownership)];
      const expiresAt = asked.expiresAt ?? kept?.expiresAt;
      return { enrollmentToken: { ...asked, id, ownership, maxUses, expiresAt, token: "" } };
    },

    rotateEnrollmentToken: async ({ id }, { tenant }) => {
      const { entry, token } = await rotateEnrollmentToken(tenant, id);
      return { enrollmentToken: tokenMessage(entry, token) };
    },

    revokeEnrollmentToken: async ({ id }, { tenant }) => {
      const entry = isUuid(id)
        ? await registry.tenant(tenant, (work) => work.revokeToken(tenant, id, now()))
        : undefined;
      if (entry === undefined) throw refuse("enrollment.token_not_found", `there is no enrollment token "${id}"`);
      return { enrollmentToken: tokenMessage(entry) };
    },
  };
}
