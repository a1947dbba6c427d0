import type { Api, Json } from "../api/client.ts";
import { labelIds } from "../api/label.ts";
import { readSelectors } from "../api/selector.ts";
import { doEach, endSeveral, type Undone } from "../commands/several.ts";
import { EXIT } from "../exit-codes.ts";
import { Failure, usage } from "../failure.ts";

/** Most that one request may ask. */
const AT_MOST = 100_000;
/** So many names are looked up at the same time. */
const AT_ONCE = 8;

export interface Choice {
  readonly names: readonly string[];
  readonly selector: readonly string[];
}

export interface Chosen {
  /** Each once. */
  readonly devices: readonly Json[];
  /** The names that no device has. */
  readonly missing: readonly Undone[];
}

/** The devices with these names, and those that match the selectors. */
export async function chosenDevices(api: Api, { names, selector }: Choice): Promise<Chosen> {
  if (names.length === 0 && selector.length === 0)
    throw usage("which devices? Name them by id, hostname, serial number or hardware UUID, or give --selector.");
  const { named, missing } = await namedDevices(api, names);
  const chosen = [...named, ...(await selectedDevices(api, selector))];
  return { devices: [...new Map(chosen.map((device) => [device.id as string, device])).values()], missing };
}

/** The same, all or none: what is about to be asked is told with how many are asked. */
export async function allChosen(api: Api, choice: Choice): Promise<readonly Json[]> {
  const { devices, missing } = await chosenDevices(api, choice);
  endSeveral(missing, missing.length, NOTHING_ASKED);
  return devices;
}

export const NOTHING_ASKED = "nothing was asked of any device";

const NAMED_AT_MOST = 10;

/** How many devices there are, and the names of the first. */
export function countOf(devices: readonly Json[]): string {
  const shown = devices.slice(0, NAMED_AT_MOST).map(({ displayName, id }) => displayName || id);
  const rest = devices.length > shown.length ? ` and ${devices.length - shown.length} more` : "";
  return `${devices.length} ${devices.length === 1 ? "device" : "devices"}: ${shown.join(", ")}${rest}`;
}

/** In the order in which they are named: a campaign's waves follow it. */
async function namedDevices(api: Api, names: readonly string[]) {
  const found = new Map<string, Json>();
  const missing: Undone[] = [];
  const lookUp = async (name: string) => {
    found.set(name, await api.get(`/api/v1/devices/${encodeURIComponent(name)}`));
  };
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    const undone = await Promise.all(some.map((name) => doEach([name], String, lookUp)));
    missing.push(...undone.flat());
  }
  return { named: names.flatMap((name) => found.get(name) ?? []), missing };
}

async function selectedDevices(api: Api, selector: readonly string[]): Promise<Json[]> {
  if (selector.length === 0) return [];
  const { labelId, ...filter } = readSelectors(selector);
  const [id] = labelId === undefined ? [] : await labelIds(api, [labelId]);
  const selected = await api.list("/api/v1/devices", "devices", { ...filter, labelId: id }, AT_MOST);
  if (selected.length === 0)
    throw new Failure(
      EXIT.missing,
      `no device matches the selector "${selector.join(",")}"; \`muster get devices\` lists what there is`,
    );
  return selected;
}
