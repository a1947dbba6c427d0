import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import type { DeviceServiceServer } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import type { RestRoute } from "@muster/contracts/rest";
import { Refusal } from "@muster/host/refusal";
import type { ClientOf } from "@muster/rpc/client";
import { onlyLabel, reachesDevice, reachesLabels } from "../domain/device-bounds.ts";
import type { Principal } from "../domain/principal.ts";
import { refuse } from "../domain/refusals.ts";
import { EVERYONES } from "../domain/roles.ts";
import { isSafe } from "./admission.ts";
import { type Asked, askedBy, type ThingClients } from "./devices-of-things.ts";

export interface BoundClients extends ThingClients {
  readonly inventory: Pick<ClientOf<DeviceServiceServer>, "getDevice" | "selectDevices">;
}

/** What of a request says which devices it is about: by these names in every method. */
interface Target {
  readonly id?: string;
  readonly deviceId?: string;
  readonly deviceIds?: readonly string[];
  readonly selection?: { readonly labelIds: readonly string[] };
  readonly labelId?: string;
}

const LIST_DEVICES = "muster.inventory.v1.DeviceService.ListDevices";
/** So many devices that are not managed any more are looked at by themselves. */
const LEFT_AT_MOST = 100;

/**
 * Holds a caller whose rights are bound to labels to the devices that carry them: a request has to name its devices, choose
 * them by these labels, or be about something that was asked of no others. What is not about single devices is refused,
 * whichever right there is to it.
 */
export class BoundDevices {
  readonly #clients: BoundClients;

  constructor(clients: BoundClients) {
    this.#clients = clients;
  }

  /** The request as it may be carried out. */
  async hold({ action, method, rpc }: RestRoute, message: Buffer, principal: Principal): Promise<Buffer> {
    const { bounds } = principal;
    if (bounds.length === 0 || EVERYONES.includes(action)) return message;
    const request = fromBinary(rpc.input, message);
    const { id = "", deviceId = "", deviceIds = [], labelId = "", selection } = request as unknown as Target;
    const name = `${rpc.parent.typeName}.${rpc.name}`;
    const asked = await askedBy(this.#clients, name, id, principal);
    if (asked !== undefined) {
      const maySee = isSafe(method) && isOwn(asked, principal);
      if (!maySee && !(await this.#within(asked, principal))) throw outside("this was asked of others, or not by you");
      return message;
    }
    if (name === LIST_DEVICES) {
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

  /** Whether something was asked of no device but those with the labels. */
  async #within(asked: Asked, principal: Principal): Promise<boolean> {
    if (reachesLabels(principal.bounds, asked.labelIds)) return true;
    let isOfDevices = false;
    for await (const part of asked.devices()) {
      const reached = part.length === 0 || (await this.#reach(part, principal).catch(nowhereWhenUnknown));
      if (!reached) return false;
      isOfDevices ||= part.length > 0;
    }
    return isOfDevices;
  }

  async #reach(named: readonly string[], principal: Principal): Promise<boolean> {
    const { actor, bounds, tenant } = principal;
    const caller = { tenant, actor };
    const left = new Set(named);
    if (left.size > 1) {
      const { signal } = new AbortController();
      const inEach = new Map<string, number>();
      for (const labelIds of bounds) {
        const selection = { deviceIds: [...left], labelIds: [...labelIds], platforms: [] };
        for await (const { deviceIds } of this.#clients.inventory.selectDevices({ selection }, caller, signal))
          for (const id of deviceIds) inEach.set(id, (inEach.get(id) ?? 0) + 1);
      }
      for (const [id, count] of inEach) if (count === bounds.length) left.delete(id);
    }
    // What is not managed any more is in no selection.
    if (left.size > LEFT_AT_MOST) return false;
    for (const deviceId of left) {
      const { device } = await this.#clients.inventory.getDevice({ deviceId }, caller);
      if (device === undefined || !reachesDevice(bounds, device.labelIds)) return false;
    }
    return true;
  }
}

function nowhereWhenUnknown(error: unknown): false {
  if (error instanceof Refusal && error.kind === "not_found") return false;
  throw error;
}

/** Whether a person asked for it; tokens may be called alike. */
const isOwn = ({ createdBy }: Asked, { actor, proof }: Principal): boolean =>
  proof === "session" && createdBy === actor;

const outside = (what: string) =>
  refuse("api.outside_labels", `your role is bound to devices with certain labels: ${what}`);
