import { deviceId } from "../api/device.ts";
import { labelIds } from "../api/label.ts";
import { usage } from "../failure.ts";
import { printList, printWhole } from "../output/print.ts";
import { listDeviceSecrets } from "./device-secret.ts";
import { RESOURCES } from "./resources.ts";
import { type GlobalOptions, openSession, type Session } from "./session.ts";

export interface GetOptions extends GlobalOptions {
  readonly search?: string;
  readonly platform?: string;
  readonly label?: string;
  readonly device?: string;
  readonly type?: readonly string[];
  readonly service?: string;
  readonly consumer?: string;
  readonly state?: string;
  readonly limit: string;
}

/** Lists what there is of a kind; `get device <x>` is one device. */
export async function get(kind: string, name: string | undefined, options: GetOptions): Promise<void> {
  const session = openSession(options);
  if (kind === "device") {
    if (name === undefined) throw usage("which device? `muster get device <id, hostname or serial number>`");
    return printWhole(await session.api.get(`/api/v1/devices/${encodeURIComponent(name)}`), session.format);
  }
  const resource = RESOURCES[kind];
  if (resource === undefined)
    throw usage(`there is no "${kind}"; there are device, ${Object.keys(RESOURCES).join(", ")}`);
  const limit = Number(options.limit);
  if (!(limit > 0)) throw usage("--limit is a number above 0");
  if (kind === "software" && options.device !== undefined) return softwareOf(session, options.device, options.search);
  if (kind === "secrets" && options.device !== undefined) return listDeviceSecrets(session, options.device);
  const query = await filtersOf(session, options);
  const items = resource.paged
    ? await session.api.list(resource.path, resource.field, query as Record<string, string>, limit)
    : (await session.api.get(resource.path, query))[resource.field];
  await printList(items, resource.columns, session.format);
}

async function softwareOf({ api, format }: Session, device: string, search = ""): Promise<void> {
  const { software } = await api.get(`/api/v1/devices/${await deviceId(api, device)}/software`, { search });
  await printList(software, (RESOURCES["software"]?.columns ?? []).slice(0, 3), format);
}

async function filtersOf(
  { api }: Session,
  { search, platform, label, device, type, service, consumer, state }: GetOptions,
) {
  return {
    ...(search !== undefined && { search }),
    ...(platform !== undefined && { platform }),
    ...(label !== undefined && { labelId: (await labelIds(api, [label]))[0] }),
    ...(device !== undefined && { deviceId: await deviceId(api, device) }),
    ...(type !== undefined && { types: type }),
    ...(service !== undefined && { service }),
    ...(consumer !== undefined && { consumer }),
    ...(state !== undefined && { state }),
  };
}
