import type { OwnerServiceServer } from "@muster/contracts/gen/muster/inventory/v1/owner_service";
import type { Methods } from "@muster/rpc/server";
import { describeDeeds, describeThings } from "../domain/owner/describe-collection.ts";
import { listAskedOfDevice } from "../storage/asked-of-device.ts";
import { getDevice, requireDevice } from "../storage/read-devices.ts";
import { listFacts } from "../storage/read-facts.ts";
import type { InventoryDatabase } from "../storage/schema.ts";

interface Dependencies {
  readonly database: InventoryDatabase;
  readonly now: () => Date;
}

/** What the owner's page says of a device. A device is named by its id alone: a name might be another's. */
export function ownerMethods({ database, now }: Dependencies): Methods<OwnerServiceServer> {
  return {
    describeCollection: ({ deviceId }, { tenant }) =>
      database.tenant(tenant, async (work) => {
        const id = await requireDevice(work, tenant, deviceId);
        const device = await getDevice(work, tenant, id, now());
        const facts = await listFacts(work, tenant, id, undefined);
        const known = new Map(facts.map(({ name, value }) => [name, value]));
        return { device, things: describeThings(device, known), deeds: describeDeeds(device.ownership) };
      }),
    listAskedOfDevice: ({ deviceId }, { tenant }) =>
      database.tenant(tenant, async (work) => ({
        asked: await listAskedOfDevice(work, tenant, await requireDevice(work, tenant, deviceId)),
      })),
  };
}
