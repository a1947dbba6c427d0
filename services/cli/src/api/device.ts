import type { Api } from "./client.ts";

export const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The id of the device with this id, hostname, serial number or hardware UUID. */
export async function deviceId(api: Api, name: string): Promise<string> {
  // Ids are UUIDs of version 7, hardware UUIDs are not: what is an id needs no question.
  if (UUID.test(name) && name[14] === "7") return name;
  const device = await api.get(`/api/v1/devices/${encodeURIComponent(name)}`);
  return device.id as string;
}

/** A device, and what the person at the keyboard called it. */
export interface Device {
  readonly name: string;
  readonly id: string;
}

export const devicesOf = async (api: Api, names: readonly string[]): Promise<Device[]> =>
  Promise.all(names.map(async (name) => ({ name, id: await deviceId(api, name) })));

export const deviceIds = (api: Api, names: readonly string[]): Promise<string[]> =>
  Promise.all(names.map((name) => deviceId(api, name)));
