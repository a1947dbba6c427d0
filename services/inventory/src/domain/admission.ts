import type { DeviceIdentity, Method } from "@muster/device-identity/identity";

export interface KeysOfHost {
  readonly unenrolled: boolean;
  readonly generations: Readonly<Partial<Record<Method, number>>>;
}

/**
 * Whether a key that enrollment signed is still the device's. A generation that is not known yet is newer than what is:
 * the event that tells of it is still under way.
 */
export function admits(host: KeysOfHost, { method, generation }: DeviceIdentity): boolean {
  const known = host.generations[method] ?? 0;
  return generation > known || (generation === known && !host.unenrolled);
}
