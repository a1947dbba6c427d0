import type { SeededRandom } from "../../seeded-random.ts";
import type { SimulatedAppleDevice } from "../apple-device.ts";
import { drawRecoveryKey } from "../device-state.ts";
import { NEWEST_SYSTEMS } from "../hardware/apple-models.ts";

const OWN_APPS = ["com.example.chess", "com.example.weather", "com.example.podcasts", "com.example.recipes"] as const;

/** One believable change that its holder makes to a device. @returns what it was. */
export const drift = ({ state, hardware }: SimulatedAppleDevice, random: SeededRandom): string => {
  const newest = NEWEST_SYSTEMS[hardware.kind];
  if (newest.version !== state.os.version && random.chance(0.1)) {
    state.os = newest;
    return `updated to ${newest.version}`;
  }
  if (hardware.kind === "Mac" && random.chance(0.1)) {
    const on = state.fileVaultKey === undefined;
    state.fileVaultKey = on ? drawRecoveryKey(random) : undefined;
    return on ? "turned FileVault on" : "turned FileVault off";
  }
  if (random.chance(0.5)) {
    const identifier = random.pick(OWN_APPS);
    if (state.apps.delete(identifier)) return `removed ${identifier}`;
    const name = identifier.split(".").at(-1) ?? identifier;
    state.apps.set(identifier, {
      identifier,
      name,
      version: "1.0",
      bundleSize: 1_000_000,
      managed: false,
      source: "user",
    });
    return `installed ${identifier}`;
  }
  state.batteryLevel = random.int(5, 100) / 100;
  return `has ${Math.round(state.batteryLevel * 100)} % of battery`;
};
