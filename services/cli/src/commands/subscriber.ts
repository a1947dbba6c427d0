import type { Json } from "../api/client.ts";
import { deviceIds } from "../api/device.ts";
import { labelIds } from "../api/label.ts";
import { usage } from "../failure.ts";
import { print, printWhole } from "../output/print.ts";
import { type GlobalOptions, openSession, type Session } from "./session.ts";

export interface CreateSubscriberOptions extends GlobalOptions {
  readonly name: string;
  readonly type?: readonly string[];
  readonly service?: readonly string[];
  readonly label?: readonly string[];
  readonly device?: readonly string[];
  readonly format?: string;
  readonly since?: string;
  readonly from?: string;
  readonly buffer?: string;
}

/** Makes a subscriber and prints its credentials, and just these, so that they can be piped into a file. */
export async function createSubscriber(options: CreateSubscriberOptions): Promise<void> {
  const session = openSession(options);
  const { api } = session;
  const { name, type = [], service = [], label = [], device = [], format, since, from, buffer } = options;
  if (since !== undefined && from !== undefined) throw usage("it begins at a time or after a position: not both");
  const body = {
    name,
    filter: {
      types: type,
      services: service,
      labelIds: await labelIds(api, label),
      deviceIds: await deviceIds(api, device),
    },
    ...(format !== undefined && { format: `EVENT_FORMAT_${format.toUpperCase()}` }),
    ...(since !== undefined && { start: { time: since } }),
    ...(from !== undefined && { start: { position: from } }),
    ...(buffer !== undefined && { bufferMib: Number(buffer) }),
  };
  await printCredentials(session, await api.call("/api/v1/subscribers", { method: "POST", body }));
}

export async function getSubscriber(id: string, options: GlobalOptions): Promise<void> {
  const { api, format } = openSession(options);
  await printWhole(await api.get(pathOf(id)), format);
}

export interface RotateOptions extends GlobalOptions {
  readonly now: boolean;
  readonly overlap?: string;
}

export async function rotateSubscriber(id: string, { now, overlap, ...options }: RotateOptions): Promise<void> {
  const session = openSession(options);
  const body = now ? { overlapSeconds: 0 } : overlap === undefined ? {} : { overlapSeconds: Number(overlap) };
  const rotated = await session.api.call(`${pathOf(id)}/rotate-credentials`, { method: "POST", body });
  await printCredentials(session, rotated);
}

export interface ReplaySubscriberOptions extends GlobalOptions {
  readonly since?: string;
  readonly from?: string;
}

export async function replaySubscriber(
  id: string,
  { since, from, ...options }: ReplaySubscriberOptions,
): Promise<void> {
  if ((since === undefined) === (from === undefined)) throw usage("from where on? --since <time> or --from <position>");
  const { api } = openSession(options);
  const { name } = await api.call(`${pathOf(id)}/replay`, { method: "POST", body: { time: since, position: from } });
  print(`${name} gets everything once more from there on\n`);
}

export async function revokeSubscriber(id: string, options: GlobalOptions): Promise<void> {
  const { api } = openSession(options);
  await api.call(pathOf(id), { method: "DELETE" });
  print(`${id} is cut off\n`);
}

async function printCredentials({ format }: Session, subscriber: Json): Promise<void> {
  if (format !== "table") return printWhole(subscriber, format);
  const { id, connection } = subscriber;
  process.stderr.write(
    `subscriber ${id}: stream ${connection.stream}, consumer ${connection.consumer}, inbox prefix ${connection.inboxPrefix}, at ${connection.servers.join(",")}\n`,
  );
  print(connection.credentials);
}

const pathOf = (id: string): string => `/api/v1/subscribers/${encodeURIComponent(id)}`;
