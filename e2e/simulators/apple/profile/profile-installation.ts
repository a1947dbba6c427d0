import type { DeviceParts } from "../device-parts.ts";
import { drawRecoveryKey, type InstalledProfile } from "../device-state.ts";
import { textOf } from "../plist/plist-value.ts";
import type { ConfigurationProfile } from "./configuration-profile.ts";

/** Puts a profile in place; one with the same identifier goes. */
export const installProfile = (
  { state, ledger, random }: DeviceParts,
  profile: ConfigurationProfile,
  by: InstalledProfile["by"],
): void => {
  const { identifier, uuid } = profile;
  const action = state.profiles.has(identifier) ? "replaced" : "installed";
  state.profiles.set(identifier, { profile, by });
  ledger.add({ kind: "profile", action, identifier, uuid, by });
  const turnsOnFileVault = profile.payloads.some(
    (payload) => payload["PayloadType"] === "com.apple.MCX.FileVault2" && payload["Enable"] === "On",
  );
  if (turnsOnFileVault) state.fileVaultKey ??= drawRecoveryKey(random.fork(`FileVault ${uuid}`));
};

/** @returns whether there was one. */
export const removeProfile = ({ state, ledger }: DeviceParts, identifier: string): boolean => {
  const installed = state.profiles.get(identifier);
  if (installed === undefined) return false;
  state.profiles.delete(identifier);
  const { profile, by } = installed;
  ledger.add({ kind: "profile", action: "removed", identifier, uuid: profile.uuid, by });
  return true;
};

/** The first payload of a type in any installed profile. */
export const installedPayload = ({ state }: DeviceParts, type: string) => {
  for (const { profile } of state.profiles.values())
    for (const payload of profile.payloads) if (textOf(payload["PayloadType"]) === type) return { payload, profile };
  return undefined;
};
