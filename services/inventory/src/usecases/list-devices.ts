import type { ListDevicesRequest, ListDevicesResponse } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import type { PolicyServiceServer } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import { pageSize } from "@muster/postgres/page";
import type { Caller } from "@muster/rpc/caller";
import type { ClientOf } from "@muster/rpc/client";
import { conditionIn } from "../domain/written-condition.ts";
import { devicesMeeting } from "../storage/devices-meeting.ts";
import { listDevices, listPlaces } from "../storage/read-devices.ts";
import type { InventoryDatabase, InventoryWork } from "../storage/schema.ts";
import { narrowDevices, type Sieve } from "./narrow-devices.ts";

export interface ListDeps {
  readonly database: InventoryDatabase;
  readonly now: () => Date;
  readonly policies: Pick<ClientOf<PolicyServiceServer>, "findByCompliance">;
}

/** So few devices that stand as wanted are asked for by their ids. */
const FEW = 2_000;

/** One page of the devices that are wanted. Who complies is asked of policy, which alone knows. */
export const listWanted =
  ({ database, now, policies }: ListDeps) =>
  async (request: ListDevicesRequest, caller: Caller): Promise<ListDevicesResponse> => {
    const { compliance, condition } = request;
    const inList = <Read>(read: (work: InventoryWork) => Promise<Read>) => database.tenant(caller.tenant, read);
    const list = (page: ListDevicesRequest, only?: readonly string[]) =>
      inList((work) => listDevices(work, caller.tenant, page, now(), only));
    if (compliance === "COMPLIANCE_UNSPECIFIED" && condition === "") return list(request);
    const sieves: Sieve[] = [];
    if (condition !== "") {
      const wanted = conditionIn(condition);
      sieves.push((ids) => inList((work) => devicesMeeting(work, caller.tenant, wanted, ids)));
    }
    let few: readonly string[] | undefined;
    if (compliance !== "COMPLIANCE_UNSPECIFIED") {
      const find = (deviceIds: readonly string[], atMost: number) =>
        policies.findByCompliance(
          { compliance, deviceIds: [...deviceIds], atMost, includeUnenrolled: request.includeUnenrolled },
          caller,
        );
      const all = await find([], FEW);
      if (!all.tooMany) few = all.deviceIds;
      else sieves.push(async (ids) => new Set((await find(ids, 0)).deviceIds));
    }
    if (sieves.length === 0) return list(request, few);
    const { deviceIds, nextPageToken } = await narrowDevices(
      (limit, pageToken) =>
        inList((work) => listPlaces(work, caller.tenant, { ...request, pageToken }, limit, now(), few)),
      sieves,
      pageSize(request.pageSize),
      request.pageToken,
    );
    const { devices } = await list({ ...request, pageToken: "" }, deviceIds);
    return { devices, nextPageToken };
  };
