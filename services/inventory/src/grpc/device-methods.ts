import type { DeviceServiceServer } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import type { Caller } from "@muster/rpc/caller";
import type { Methods } from "@muster/rpc/server";
import { sql } from "kysely";
import { refuse } from "../domain/refusals.ts";
import { listCountHistory } from "../storage/count-history.ts";
import { countDevices, getDevice, requireDevice } from "../storage/read-devices.ts";
import { listFactHistory, listFacts } from "../storage/read-facts.ts";
import { listDeviceSoftware, listSoftware, listSoftwareChanges } from "../storage/read-software.ts";
import type { InventoryWork } from "../storage/schema.ts";
import { selectDevices } from "../storage/select-devices.ts";
import { noteWorkChanged } from "../storage/work-changes.ts";
import type { SawDevice } from "../usecases/keep-presence.ts";
import { type ListDeps, listWanted } from "../usecases/list-devices.ts";
import type { Signals } from "../usecases/ports.ts";
import { recentCounts } from "../usecases/recent-counts.ts";

interface Dependencies extends ListDeps {
  readonly signals: Signals;
  readonly saw: SawDevice;
  /** How long the history of facts and software is kept, in milliseconds. */
  readonly historyMs: number;
}

const SELECTED_AT_ONCE = 20_000;

export function deviceMethods({
  database,
  signals,
  now,
  policies,
  historyMs,
  saw,
}: Dependencies): Methods<DeviceServiceServer> {
  const counts = recentCounts(
    (tenant) => database.tenant(tenant, (work) => countDevices(work, tenant, now())),
    () => performance.now(),
  );
  const ofDevice = <T>(caller: Caller, id: string, read: (work: InventoryWork, deviceId: string) => Promise<T>) =>
    database.tenant(caller.tenant, async (work) => read(work, await requireDevice(work, caller.tenant, id)));
  return {
    listDevices: listWanted({ database, now, policies }),
    countDevices: async (_request, { tenant }) => ({ counts: await counts(tenant) }),
    listDeviceCountHistory: async (request, { tenant }) => ({
      history: await database.tenant(tenant, (work) => listCountHistory(work, tenant, request, now())),
    }),
    getDevice: async ({ deviceId }, { tenant }) => ({
      device: await database.tenant(tenant, (work) => getDevice(work, tenant, deviceId, now())),
    }),
    listFacts: async ({ deviceId, asOf }, caller) => ({
      facts: await ofDevice(caller, deviceId, (work, id) => listFacts(work, caller.tenant, id, asOf)),
    }),
    listFactHistory: (request, caller) =>
      ofDevice(caller, request.deviceId, (work, deviceId) =>
        listFactHistory(work, caller.tenant, { ...request, deviceId }),
      ),
    listDeviceSoftware: async ({ deviceId, asOf, search }, caller) => ({
      software: await ofDevice(caller, deviceId, (work, id) =>
        // Before that the changes that would have to be undone are gone.
        asOf !== undefined && asOf.getTime() < now().getTime() - historyMs
          ? Promise.resolve([])
          : listDeviceSoftware(work, caller.tenant, id, asOf, search),
      ),
    }),
    listSoftwareChanges: (request, caller) =>
      ofDevice(caller, request.deviceId, (work, deviceId) =>
        listSoftwareChanges(work, caller.tenant, { ...request, deviceId }),
      ),
    listSoftware: (request, { tenant }) => database.tenant(tenant, (work) => listSoftware(work, tenant, request)),
    noteContacts: async ({ contacts }, { tenant }) => {
      for (const { at, deviceId } of contacts) saw({ tenant, deviceId }, at ?? now());
      return {};
    },
    selectDevices: async function* ({ selection }, { tenant }, signal) {
      const wanted = {
        deviceIds: selection?.deviceIds ?? [],
        labelIds: selection?.labelIds ?? [],
        platforms: selection?.platforms ?? [],
      };
      let after: string | undefined;
      do {
        const from = after;
        const deviceIds = await database.tenant(tenant, (work) =>
          selectDevices(work, tenant, wanted, from, SELECTED_AT_ONCE),
        );
        if (deviceIds.length > 0) yield { deviceIds: [...deviceIds] };
        after = deviceIds.length === SELECTED_AT_ONCE ? deviceIds.at(-1) : undefined;
      } while (after !== undefined && !signal.aborted);
    },
    refetch: async ({ deviceId }, { tenant }) => {
      const id = await database.tenant(tenant, (work) => makeAllDue(work, tenant, deviceId));
      signals.workChanged(tenant, [id], true);
      return {};
    },
  };
}

async function makeAllDue(work: InventoryWork, tenant: string, deviceId: string): Promise<string> {
  const id = await requireDevice(work, tenant, deviceId);
  const { rows } = await sql<{ unenrolled: boolean }>`
    update device_work w set detail_due_at = '-infinity', detail_asked_at = '-infinity', asked = '{}'
    from devices d where d.tenant = ${tenant} and d.id = ${id} and w.tenant = d.tenant and w.device_id = d.id
    returning d.unenrolled`.execute(work.sql);
  if (rows[0]?.unenrolled === true) throw refuse("device.unenrolled", "the device is no longer managed");
  await noteWorkChanged(work, [{ tenant, deviceId: id }]);
  return id;
}
