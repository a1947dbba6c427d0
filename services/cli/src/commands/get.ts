import { deviceId } from "../api/device.ts";
import { labelIds } from "../api/label.ts";
import { type FilterOptions, readSelectors } from "../api/selector.ts";
import { spanSeconds } from "../api/span.ts";
import { usage } from "../failure.ts";
import { printList, printWhole } from "../output/print.ts";
import { listDeviceSecrets } from "./device-secret.ts";
import { findOne, keyOf, listOf } from "./resources/find-one.ts";
import { type Kind, kindOf } from "./resources/known-kinds.ts";
import { RESOURCES } from "./resources.ts";
import { type GlobalOptions, openSession, type Session } from "./session.ts";
import { watchList } from "./watch-list.ts";

export interface GetOptions extends GlobalOptions, FilterOptions {
  readonly selector?: readonly string[];
  readonly device?: string;
  readonly type?: readonly string[];
  readonly service?: string;
  readonly consumer?: string;
  readonly state?: string;
  readonly limit: string;
  readonly watch: boolean;
  readonly every: string;
}

/** Lists what there is of a kind, or prints the one that is named. */
export async function get(word: string, name: string | undefined, options: GetOptions): Promise<void> {
  const kind = kindOf(word);
  const session = openSession(options);
  if (name !== undefined) return printWhole(await findOne(session.api, kind, name), session.format);
  if (word === "device") throw usage("which device? `muster get device <id, hostname or serial number>`");
  const limit = Number(options.limit);
  if (!(limit > 0)) throw usage("--limit is a number above 0");
  if (options.watch) return watch(session, kind, options, limit);
  if (kind.plural === "software" && options.device !== undefined)
    return softwareOf(session, options.device, options.search);
  if (kind.plural === "secrets" && options.device !== undefined) return listDeviceSecrets(session, options.device);
  const items = await listOf(session.api, kind, await filtersOf(session, kind, options), limit);
  await printList(items, kind.columns, session.format);
}

async function watch(session: Session, kind: Kind, options: GetOptions, limit: number): Promise<void> {
  const filters = await filtersOf(session, kind, options);
  await watchList({
    look: () => listOf(session.api, kind, filters, limit),
    keyOf: (item) => keyOf(kind, item),
    columns: kind.columns,
    format: session.format,
    everySeconds: spanSeconds("every", options.every),
  });
}

async function softwareOf({ api, format }: Session, device: string, search = ""): Promise<void> {
  const { software } = await api.get(`/api/v1/devices/${await deviceId(api, device)}/software`, { search });
  await printList(software, (RESOURCES["software"]?.columns ?? []).slice(0, 3), format);
}

async function filtersOf({ api }: Session, { plural }: Kind, options: GetOptions) {
  const { device, type, service, consumer, state, selector = [] } = options;
  if (selector.length > 0 && plural !== "devices") throw usage(`--selector is for devices, not for ${plural}`);
  const { labelId: label, ...filter } = readSelectors(selector, options);
  return {
    ...filter,
    ...(label !== undefined && { labelId: (await labelIds(api, [label]))[0] }),
    ...(device !== undefined && { deviceId: await deviceId(api, device) }),
    ...(type !== undefined && { types: type }),
    ...(service !== undefined && { service }),
    ...(consumer !== undefined && { consumer }),
    ...(state !== undefined && { state }),
  };
}
