import { newIds } from "../new-ids.ts";
import type { ServiceDatabase } from "../service-database.ts";
import { Uuids } from "../uuids.ts";

/**
 * Tells at once that so many devices left, after one that left before and before one that left after them.
 * @returns the devices in the order in which they are told of, and the reason that is told of each.
 */
export async function tellAlike(
  database: Pick<ServiceDatabase<unknown>, "tenant">,
  count: number,
): Promise<{ readonly deviceId: string; readonly reason: string }[]> {
  const [deviceIds, ownIds, [deviceId = "", ownId = ""]] = [newIds(count), newIds(count), newIds(2)];
  const type = "muster.enrollment.v1.DeviceUnenrolled";
  const single = (name: string) => ({ type, deviceId: name, data: { enrollment: undefined, reason: name } }) as const;
  await database.tenant("acme", async (work) => {
    work.emit(single("before"));
    work.emitAlike({
      type,
      deviceIds: Uuids.of(deviceIds),
      ownIds: Uuids.of(ownIds),
      stands: { deviceId, ownId },
      data: { enrollment: undefined, reason: `100% of ${deviceId}: ${ownId}` },
    });
    work.emit(single("after"));
  });
  const alike = deviceIds.map((device, place) => ({ deviceId: device, reason: `100% of ${device}: ${ownIds[place]}` }));
  return [{ deviceId: "before", reason: "before" }, ...alike, { deviceId: "after", reason: "after" }];
}

export const reasonIn = (body: string): string => (JSON.parse(body) as { readonly reason: string }).reason;
