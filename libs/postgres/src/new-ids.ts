import { Uuids } from "./uuids.ts";

/** New ids in the order of their making (RFC 9562, version 7). */
export const newIds = (count: number): string[] => Uuids.made(count).texts();
