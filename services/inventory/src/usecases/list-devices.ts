import type { ListDevicesRequest, ListDevicesResponse } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import type { PolicyServiceServer } from "@muster/contracts/gen/muster/policy/v1/policy_service";
import type { Caller } from "@muster/rpc/caller";
import type { ClientOf } from "@muster/rpc/client";
import { conditionIn } from "../domain/written-condition.ts";
import { devicesMeeting } from "../storage/devices-meeting.ts";
import { listDevices } from "../storage/read-devices.ts";
import type { InventoryDatabase } from "../storage/schema.ts";
import { narrowDevices, type Sieve } from "./narrow-devices.ts";

export interface ListDeps {
  readonly database: InventoryDatabase;
  readonly now: () => Date;
  readonly policies: Pick<ClientOf<PolicyServiceServer>, "findByCompliance">;
}

/** So few failing devices are asked for by their ids. */
const FEW = 2_000;

/** One page of the devices that are wanted. Who complies is asked of policy, which alone knows. */
export const listWanted =
  ({ database, now, policies }: ListDeps) =>
  async (request: ListDevicesRequest, caller: Caller): Promise<ListDevicesResponse> => {
    const { compliance, condition } = request;
    const read = (page: Partial<ListDevicesRequest>, only?: readonly string[]) =>
      database.tenant(caller.tenant, (work) => listDevices(work, caller.tenant, { ...request, ...page }, now(), only));
    if (compliance === "COMPLIANCE_UNSPECIFIED" && condition === "") return read({});
    const sieves: Sieve[] = [];
    if (condition !== "") {
      const wanted = conditionIn(condition);
      sieves.push((ids) => database.tenant(caller.tenant, (work) => devicesMeeting(work, caller.tenant, wanted, ids)));
    }
    if (compliance === "COMPLIANCE_UNSPECIFIED") return narrowDevices(read, sieves, request);
    const { deviceIds: few, tooMany } = await policies.findByCompliance(
      { compliance, deviceIds: [], atMost: FEW },
      caller,
    );
    if (!tooMany && sieves.length === 0) return read({}, few);
    if (!tooMany) return narrowDevices((page) => read(page, few), sieves, request);
    sieves.push(async (ids) => {
      const { deviceIds } = await policies.findByCompliance({ compliance, deviceIds: [...ids], atMost: 0 }, caller);
      return new Set(deviceIds);
    });
    return narrowDevices(read, sieves, request);
  };
