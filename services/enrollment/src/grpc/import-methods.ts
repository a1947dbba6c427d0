import type {
  AppleDeviceToImport,
  AppleImportResult,
  AppleImportServiceServer,
  ImportedAppleDevice,
} from "@muster/contracts/gen/muster/enrollment/v1/import_service";
import { Refusal } from "@muster/host/refusal";
import { decodePageToken, pageSize, toPage } from "@muster/postgres/page";
import type { ServiceDatabase } from "@muster/postgres/service-database";
import type { Methods } from "@muster/rpc/server";
import { validate as isUuid } from "uuid";
import { SECRET_KINDS } from "../contract/escrow-message.ts";
import type { GivenDevice, ImportedDevice, ImportedSecrets } from "../domain/apple/imported-device.ts";
import { refuse } from "../domain/refusals.ts";
import { findImported, forgetImported, listImported } from "../storage/imported-devices.ts";
import type { EnrollmentDatabase } from "../storage/tables.ts";
import type { Imported } from "../usecases/apple/import-devices.ts";

export interface ImportMethodsDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly importDevice: (tenant: string, source: string, given: GivenDevice) => Promise<Imported>;
}

const MOST = 1_000;
const LONGEST_SOURCE = 100;

function givenIn(message: AppleDeviceToImport): GivenDevice {
  const { activationLockBypassCode, bootstrapToken, diskRecoveryKey, unlockToken } = message;
  const all: Required<Omit<ImportedSecrets, "lock_pin">> = {
    bootstrap_token: Buffer.from(bootstrapToken),
    unlock_token: Buffer.from(unlockToken),
    disk_recovery_key: Buffer.from(diskRecoveryKey),
    activation_lock_bypass_code: Buffer.from(activationLockBypassCode),
    recovery_lock_password: Buffer.from(message.recoveryLockPassword),
    firmware_password: Buffer.from(message.firmwarePassword),
  };
  const secrets = Object.fromEntries(Object.entries(all).filter(([, secret]) => secret.length > 0));
  return { udid: message.udid.trim(), serialNumber: message.serialNumber.trim(), secrets };
}

const messageOf = ({ secretKinds, tenant: _tenant, ...device }: ImportedDevice): ImportedAppleDevice => ({
  ...device,
  waitingSecrets: secretKinds.map((kind) => SECRET_KINDS[kind]),
  deviceId: device.deviceId ?? "",
});

const unknown = (id: string) => refuse("import.not_found", `there is no imported device "${id}"`);

/** AppleImportService as the contract describes it. */
export const importMethods = ({ database, importDevice }: ImportMethodsDeps): Methods<AppleImportServiceServer> => ({
  importAppleDevices: async ({ devices, source }, { tenant }) => {
    if (devices.length > MOST) throw refuse("import.bad_request", `at most ${MOST} devices are imported in one go`);
    if (source.length > LONGEST_SOURCE || source.includes("\0"))
      throw refuse("import.bad_request", `source has at most ${LONGEST_SOURCE} characters`);
    const results: AppleImportResult[] = [];
    for (const [index, device] of devices.entries()) {
      const result = { index, id: "", deviceId: "", errorCode: "", error: "" };
      try {
        results.push({ ...result, ...(await importDevice(tenant, source, givenIn(device))) });
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        results.push({ ...result, errorCode: error.code, error: error.message });
      }
    }
    return { results };
  },

  listImportedAppleDevices: async ({ pageSize: asked, pageToken, waitingOnly }, { tenant }) => {
    const before = decodePageToken(pageToken, 1)?.[0];
    if (before !== undefined && !isUuid(before))
      throw refuse(
        "enrollment.bad_page_token",
        "page_token is not one that this list gave; leave it out to begin anew",
      );
    const size = pageSize(asked);
    const filter = { before, limit: size + 1, waitingOnly };
    const found = await database.tenant(tenant, (work) => listImported(work.sql, tenant, filter));
    const { nextPageToken, rows } = toPage(found, size, ({ id }) => [id]);
    return { importedDevices: rows.map(messageOf), nextPageToken };
  },

  getImportedAppleDevice: async ({ id }, { tenant }) => {
    const device = isUuid(id) ? await database.tenant(tenant, (work) => findImported(work.sql, tenant, id)) : undefined;
    if (device === undefined) throw unknown(id);
    return { importedDevice: messageOf(device) };
  },

  forgetImportedAppleDevice: async ({ id }, { tenant }) => {
    const isGone = isUuid(id) && (await database.tenant(tenant, (work) => forgetImported(work.sql, tenant, id)));
    if (!isGone) throw unknown(id);
    return {};
  },
});
