import type { ServiceDatabase } from "@muster/postgres/service-database";
import {
  checkImported,
  type GivenDevice,
  type ImportedDevice,
  importKeys,
} from "../../domain/apple/imported-device.ts";
import type { SecretKind } from "../../domain/escrow.ts";
import { appleDeviceOf } from "../../storage/device-store.ts";
import { replaceImported } from "../../storage/imported-devices.ts";
import type { EnrollmentDatabase } from "../../storage/tables.ts";
import { type ReceiveDeps, receiveImported } from "./receive-imported.ts";

export interface ImportDevicesDeps extends ReceiveDeps {
  readonly database: ServiceDatabase<EnrollmentDatabase>;
  readonly now: () => Date;
  readonly newId: () => string;
}

export interface Imported {
  readonly id: string;
  /** The device that it is, if that is here already. */
  readonly deviceId: string;
}

/**
 * Keeps what another server knew of one device until it comes; of one that is here already it is taken into escrow at once.
 * Each device is a transaction of its own: one that cannot be used leaves the others as they are.
 */
export const importDevice =
  (deps: ImportDevicesDeps) =>
  (tenant: string, source: string, given: GivenDevice): Promise<Imported> => {
    checkImported(given);
    return deps.database.tenant(tenant, async (work) => {
      const [id, at] = [deps.newId(), deps.now()];
      const keys = importKeys(given);
      const device: ImportedDevice = {
        tenant,
        id,
        source,
        udid: given.udid,
        serialNumber: given.serialNumber,
        secretKinds: Object.keys(given.secrets) as SecretKind[],
        importedAt: at,
        deviceId: undefined,
        arrivedAt: undefined,
      };
      await replaceImported(work.sql, { device, sealed: deps.imports.seal(device, given.secrets) }, keys);
      const here = await appleDeviceOf(work.sql, tenant, given);
      if (here === undefined || !(await receiveImported(work, here, deps, at))) return { id, deviceId: "" };
      return { id, deviceId: here.id };
    });
  };
