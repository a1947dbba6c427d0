import { type Position, parsePosition } from "../domain/position.ts";
import { startAt } from "./stream-events.ts";

/** Where a sink begins: with what happened since a time, after a position, or now. */
export const startOf = (
  sql: Parameters<typeof startAt>[0],
  tenant: string,
  { time, position }: { readonly time: Date | undefined; readonly position: string },
): Promise<Position> => startAt(sql, tenant, parsePosition(position), time);
