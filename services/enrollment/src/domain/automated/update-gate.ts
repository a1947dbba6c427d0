import { platformOfProduct } from "../apple/apple-platform.ts";
import type { Platform } from "../claim.ts";

/** The oldest system of a platform that may enroll. */
export interface MinimumSystem {
  readonly platform: Platform;
  readonly osVersion: string;
  /** Empty for any build of the version. */
  readonly buildVersion: string;
  /** The beta program that has the system, for one that not everybody gets. */
  readonly beta?: { readonly title: string; readonly token: string };
}

interface Asking {
  readonly product: string;
  /** Empty when the device does not say. */
  readonly osVersion: string;
  readonly canUpdateFirst: boolean;
}

const LONGEST_TEXT = 500;
const VERSION = /^\d+(\.\d+){0,2}$/;

/** What is wrong with minimums that somebody gave; nothing when they can be held. */
export function oddMinimum(minimums: readonly MinimumSystem[]): string | undefined {
  const odd = minimums.find(({ osVersion }) => !VERSION.test(osVersion));
  if (odd !== undefined) return `"${odd.osVersion}" is no version of a system, such as 18.1`;
  if (minimums.some(({ platform }) => platform === "unknown")) return "a minimum names no platform";
  const isOdd = (text: string) => text === "" || text.length > LONGEST_TEXT || text.includes("\0");
  const isOddBeta = minimums.some(({ beta }) => beta !== undefined && (isOdd(beta.title) || isOdd(beta.token)));
  return isOddBeta ? `a beta program has a title and a token of 1 to ${LONGEST_TEXT} characters` : undefined;
}

const partsOf = (version: string): number[] => version.split(".").map(Number);

function isOlder(version: string, than: string): boolean {
  const [one, other] = [partsOf(version), partsOf(than)];
  for (let index = 0; index < Math.max(one.length, other.length); index++) {
    const difference = (one[index] ?? 0) - (other[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** The system that a device has to update to before it enrolls; nothing when it may enroll as it is, or could not update. */
export function updateNeeded(
  { canUpdateFirst, osVersion, product }: Asking,
  minimums: readonly MinimumSystem[],
): MinimumSystem | undefined {
  if (!canUpdateFirst || osVersion === "") return undefined;
  const minimum = minimums.find(({ platform }) => platform === platformOfProduct(product));
  return minimum !== undefined && isOlder(osVersion, minimum.osVersion) ? minimum : undefined;
}
