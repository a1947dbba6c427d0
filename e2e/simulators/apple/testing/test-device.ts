import type { TestContext } from "node:test";
import { SeededRandom } from "../../seeded-random.ts";
import { type AppleDeviceOptions, SimulatedAppleDevice } from "../apple-device.ts";
import { sharedKeys } from "../crypto/key-pair.ts";
import { type AppleHardware, drawAppleHardware } from "../hardware/apple-hardware.ts";
import type { AppleKind } from "../hardware/apple-models.ts";

const keys = sharedKeys(4);

/** A device that ends with its test, and shares its key with others of the same file: keys are slow to make. */
export const testDevice = (
  test: Pick<TestContext, "after">,
  kind: AppleKind,
  { given, ...options }: Partial<AppleDeviceOptions> & { given?: Partial<AppleHardware>; seed?: string } = {},
): SimulatedAppleDevice => {
  const random = new SeededRandom(options.seed ?? `a ${kind}`);
  const hardware = drawAppleHardware(kind, random.fork("hardware"), given);
  const device = new SimulatedAppleDevice({ hardware, random, keys, ...options });
  test.after(() => device.stop());
  return device;
};
