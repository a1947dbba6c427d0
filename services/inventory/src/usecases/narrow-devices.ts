import { type Place, tokenAfter } from "../storage/read-devices.ts";

/** Lets through those of the devices that are wanted. */
export type Sieve = (deviceIds: readonly string[]) => Promise<ReadonlySet<string>>;

/** So many devices are looked at for one answer, which has to come soon also where few are wanted of many. */
const LOOKED_AT = 20_000;
const AT_ONCE = { least: 500, most: 7_500 };

/** The devices of one page, and where the next begins: behind the last that was looked at, wanted or not. */
export interface NarrowedPage {
  readonly deviceIds: string[];
  readonly nextPageToken: string;
}

/**
 * One page of the devices that every sieve lets through. What they ask of devices no list of devices is ordered by, so it
 * is asked about one stretch of the list after another until there are enough.
 * @param read the stretch of the list behind a token
 */
export async function narrowDevices(
  read: (limit: number, pageToken: string) => Promise<readonly Place[]>,
  sieves: readonly Sieve[],
  wanted: number,
  from: string,
): Promise<NarrowedPage> {
  const found: Place[] = [];
  const idsOf = () => found.map(({ id }) => id);
  let pageToken = from;
  // Where most are wanted the first look is enough.
  let limit = wanted + 1;
  for (let looked = 0; looked < LOOKED_AT; ) {
    const places = await read(limit, pageToken);
    for (const place of await sieved(places, sieves)) {
      const last = found.at(-1);
      if (last !== undefined && found.length === wanted) return { deviceIds: idsOf(), nextPageToken: tokenAfter(last) };
      found.push(place);
    }
    const end = places.at(-1);
    if (end === undefined || places.length < limit) return { deviceIds: idsOf(), nextPageToken: "" };
    pageToken = tokenAfter(end);
    looked += limit;
    limit = nextLook(looked, found.length, wanted);
  }
  return { deviceIds: idsOf(), nextPageToken: pageToken };
}

/** As many as will have what is missing, if they are like those before, and somewhat more. */
function nextLook(looked: number, found: number, wanted: number): number {
  const expected = Math.ceil(1.2 * (wanted + 1 - found) * (looked / Math.max(found, 1)));
  return Math.min(Math.max(expected, AT_ONCE.least), AT_ONCE.most, Math.max(1, LOOKED_AT - looked));
}

async function sieved(places: readonly Place[], sieves: readonly Sieve[]): Promise<readonly Place[]> {
  let left = places;
  for (const sieve of sieves) {
    if (left.length === 0) break;
    const through = await sieve(left.map(({ id }) => id));
    left = left.filter(({ id }) => through.has(id));
  }
  return left;
}
