import { factsOf } from "../apple/catalogue/catalogue.ts";
import type { Order } from "../order.ts";

/** Whether it can take a device away from its user. Of a command that the catalogue does not know nobody here can tell. */
export function isDestructive({ apple, type }: Pick<Order, "apple" | "type">): boolean {
  if (type === "lock" || type === "wipe") return true;
  if (type !== "apple" || apple === undefined) return false;
  return (factsOf(apple.requestType)?.class ?? "destructive") === "destructive";
}

/** Whether a second person has to approve it: what is destructive, for more than a set number of devices. */
export const needsApproval = (order: Pick<Order, "apple" | "type">, devices: number, above: number): boolean =>
  devices > above && isDestructive(order);
