import { platformOfProduct } from "../apple/apple-platform.ts";
import type { MinimumSystem } from "./settings-profile.ts";

interface Asking {
  readonly product: string;
  /** Empty when the device does not say. */
  readonly osVersion: string;
  readonly canUpdateFirst: boolean;
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
