import type { Selection } from "@muster/contracts/gen/muster/inventory/v1/selection";
import type { Caller } from "@muster/rpc/caller";
import { refuse } from "../domain/refusals.ts";

/** Asks inventory for the managed devices that match a selection, part by part. */
export type AskInventory = (
  selection: Selection,
  caller: Caller,
  signal: AbortSignal,
) => AsyncIterable<{ readonly deviceIds: readonly string[] }>;

const TIMEOUT_MS = 30_000;

/** The devices that a selection names; what names only ids needs nobody else to know them. */
export async function selectedDevices(
  askInventory: AskInventory,
  selection: Selection,
  caller: Caller,
  atMost: number,
): Promise<string[]> {
  const { deviceIds, labelIds, platforms } = selection;
  if (deviceIds.length > 0 && labelIds.length === 0 && platforms.length === 0) return deviceIds;
  const selected: string[] = [];
  for await (const part of askInventory(selection, caller, AbortSignal.timeout(TIMEOUT_MS))) {
    selected.push(...part.deviceIds);
    if (selected.length > atMost)
      throw refuse("command.bad_request", `the selection has more than ${atMost} devices: select fewer`);
  }
  if (selected.length === 0) throw refuse("command.bad_request", "the selection matches no device");
  return selected;
}
