import type { Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";

/** Names devices: those that match every part that is given; nothing given means all. */
export interface Selection {
  readonly deviceIds: readonly string[];
  readonly labelIds: readonly string[];
  readonly platforms: readonly Platform[];
}

export interface Selectable {
  readonly deviceId: string;
  readonly labelIds: readonly string[];
  readonly platform: Platform;
}

export const selects = (selection: Selection, device: Selectable): boolean =>
  (selection.deviceIds.length === 0 || selection.deviceIds.includes(device.deviceId)) &&
  (selection.labelIds.length === 0 || selection.labelIds.some((id) => device.labelIds.includes(id))) &&
  (selection.platforms.length === 0 || selection.platforms.includes(device.platform));
