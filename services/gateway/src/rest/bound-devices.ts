import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DeviceServiceServer } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import type { RestRoute } from "@muster/contracts/rest";
import type { ClientOf } from "@muster/rpc/client";
import { onlyLabel, reachesDevice, reachesLabels } from "../domain/device-bounds.ts";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { EVERYONES } from "../domain/roles.ts";

type Inventory = Pick<ClientOf<DeviceServiceServer>, "getDevice" | "selectDevices">;

/** What of a request says which devices it is about: by these names in every method. */
interface Target {
  readonly deviceId?: string;
  readonly deviceIds?: readonly string[];
  readonly selection?: { readonly labelIds: readonly string[] };
  readonly labelId?: string;
}

const LIST_DEVICES = "muster.inventory.v1.DeviceService.ListDevices";

/**
 * Holds a caller whose rights are bound to labels to the devices that carry them: a request has to name its devices, or
 * choose them by these labels. What is not about single devices is refused, whichever right there is to it.
 */
export class BoundDevices {
  readonly #inventory: Inventory;

  constructor(inventory: Inventory) {
    this.#inventory = inventory;
  }

  /** The request as it may be carried out. */
  async hold({ action, rpc }: RestRoute, message: Buffer, principal: Principal): Promise<Buffer> {
    const { bounds } = principal;
    if (bounds.length === 0 || EVERYONES.includes(action)) return message;
    const request = fromBinary(rpc.input, message);
    const { deviceId = "", deviceIds = [], labelId = "", selection } = request as unknown as Target;
    if (`${rpc.parent.typeName}.${rpc.name}` === LIST_DEVICES) {
      const chosen = labelId === "" ? onlyLabel(bounds) : labelId;
      if (chosen === undefined || !reachesLabels(bounds, [chosen]))
        throw outside("choose the devices by one of your labels (labelId)");
      return Buffer.from(toBinary(rpc.input, create(rpc.input, { ...request, labelId: chosen })));
    }
    const named = deviceId === "" ? deviceIds : [deviceId, ...deviceIds];
    if (named.length === 0 && selection === undefined)
      throw outside("this is not about single devices; it needs rights that are not bound");
    if (selection !== undefined && !reachesLabels(bounds, selection.labelIds))
      throw outside("choose the devices by your labels only (selection.labelIds)");
    if (named.length > 0 && !(await this.#reach(named, principal)))
      throw outside("a device that is named here carries none of your labels");
    return message;
  }

  async #reach(named: readonly string[], { actor, bounds, tenant }: Principal): Promise<boolean> {
    const caller = { tenant, actor };
    if (named.length === 1) {
      const { device } = await this.#inventory.getDevice({ deviceId: named[0] ?? "" }, caller);
      return device !== undefined && reachesDevice(bounds, device.labelIds);
    }
    const wanted = new Set(named);
    const { signal } = new AbortController();
    for (const labelIds of bounds) {
      const selection = { deviceIds: [...wanted], labelIds: [...labelIds], platforms: [] };
      let found = 0;
      for await (const { deviceIds } of this.#inventory.selectDevices({ selection }, caller, signal))
        found += deviceIds.length;
      if (found < wanted.size) return false;
    }
    return true;
  }
}

const outside = (what: string) =>
  refuse("api.outside_labels", `your role is bound to devices with certain labels: ${what}`);
