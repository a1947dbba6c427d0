import type { Device } from "../domain/device.ts";
import type { LastSeen } from "../domain/identity-decision.ts";
import { refuse } from "../domain/refusals.ts";
import type { AskLastSeen } from "./ports.ts";

/** Each round asks about one more device that shares the hardware; nobody has more than a few. */
const ROUNDS = 6;

export type Attempt<T> =
  | { readonly kind: "done"; readonly value: T }
  | { readonly kind: "ask"; readonly device: Device };

/**
 * Tries, and whenever it turns on whether some device is alive, asks outside of the transaction and tries again: no lock
 * is held while another service is waited for.
 */
export async function untilSettled<T>(
  attempt: (seen: ReadonlyMap<string, LastSeen>) => Promise<Attempt<T>>,
  askLastSeen: AskLastSeen,
): Promise<T> {
  let seen: ReadonlyMap<string, LastSeen> = new Map();
  for (let round = 0; round < ROUNDS; round++) {
    const result = await attempt(seen);
    if (result.kind === "done") return result.value;
    const { tenant, id } = result.device;
    seen = new Map(seen).set(id, await askLastSeen(tenant, id));
  }
  throw refuse("enrollment.undecided", "several machines claim this identity at the same time; try again", {
    retryAfterSec: 30,
  });
}
