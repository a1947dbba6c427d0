import type { Principal } from "./principal.ts";

type Bounds = Principal["bounds"];

/** Whether a device with these labels is one to which the rights reach. */
export const reachesDevice = (bounds: Bounds, labelIds: readonly string[]): boolean =>
  bounds.every((bound) => labelIds.some((id) => bound.includes(id)));

/** Whether the rights reach to every device there may be with one of these labels. */
export const reachesLabels = (bounds: Bounds, labelIds: readonly string[]): boolean =>
  labelIds.length > 0 && bounds.every((bound) => labelIds.every((id) => bound.includes(id)));

/** The one label that all reachable devices carry, if there is just one. */
export function onlyLabel(bounds: Bounds): string | undefined {
  const [label, ...others] = new Set(bounds.flat());
  return others.length === 0 ? label : undefined;
}
