import { listAutomatedDevices } from "../../storage/automated-devices.ts";
import type { AskAppleDeps } from "./ask-apple.ts";

/** A server, as one of its tenant's people names it. */
export interface ServerOfTenant {
  readonly tenant: string;
  readonly serverId: string;
}

/** Those of the devices that Apple told of as the server's. */
export const devicesOfServer = (
  { database }: Pick<AskAppleDeps, "database">,
  { serverId, tenant }: ServerOfTenant,
  serialNumbers: readonly string[],
) =>
  database.tenant(tenant, ({ sql }) =>
    listAutomatedDevices(sql, tenant, {
      serverId,
      serialNumbers,
      notEnrolledOnly: false,
      after: undefined,
      limit: serialNumbers.length,
    }),
  );
