import type { Device } from "@muster/contracts/gen/muster/inventory/v1/device";
import type { ListDevicesRequest, ListDevicesResponse } from "@muster/contracts/gen/muster/inventory/v1/device_service";
import { encodePageToken, pageSize } from "@muster/postgres/page";

/** Lets through those of the devices that are wanted. */
export type Sieve = (deviceIds: readonly string[]) => Promise<ReadonlySet<string>>;

/** So many devices are looked at for one answer, so that it comes soon where few are wanted of many. */
const MOST_LOOKS = 40;
const LOOKED_AT_ONCE = 500;

/**
 * One page of the devices that every sieve lets through. What they ask of devices no list of devices is ordered by, so it
 * is asked about one page after another until there are enough.
 * @param read a page of the list that is sieved
 */
export async function narrowDevices(
  read: (page: Pick<ListDevicesRequest, "pageSize" | "pageToken">) => Promise<ListDevicesResponse>,
  sieves: readonly Sieve[],
  request: Pick<ListDevicesRequest, "pageSize" | "pageToken">,
): Promise<ListDevicesResponse> {
  const wanted = pageSize(request.pageSize);
  const found: Device[] = [];
  let { pageToken } = request;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    // Where most are wanted the first look is enough.
    const page = await read({ pageSize: looks === 0 ? wanted + 1 : LOOKED_AT_ONCE, pageToken });
    for (const device of await sieved(page.devices, sieves)) {
      if (found.length === wanted) return { devices: found, nextPageToken: tokenAfter(found.at(-1)) };
      found.push(device);
    }
    pageToken = page.nextPageToken;
    if (pageToken === "") break;
  }
  return { devices: found, nextPageToken: pageToken };
}

async function sieved(devices: readonly Device[], sieves: readonly Sieve[]): Promise<readonly Device[]> {
  let left = devices;
  for (const sieve of sieves) {
    if (left.length === 0) break;
    const through = await sieve(left.map(({ id }) => id));
    left = left.filter(({ id }) => through.has(id));
  }
  return left;
}

const tokenAfter = (last: Device | undefined): string =>
  last === undefined ? "" : encodePageToken([last.displayName.toLowerCase(), last.id]);
