import { Ownership, type Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { type DetailShape, detailQuery } from "./detail-queries/by-platform.ts";
import type { Answer } from "./distributed-write.ts";
import { fingerprintOf } from "./fact.ts";
import { mayCollect, onlyAllowed } from "./personal-devices.ts";
import { type AnsweredRows, rowsOf, UnreadRows } from "./unread-rows.ts";

/** What decides on what a device is asked, and on what may be kept of its answer. */
export interface AskedDevice {
  readonly platform: Platform;
  readonly ownership: Ownership;
}

/** What a device answered to one detail query, as far as it may be kept. */
export interface Detail {
  readonly query: DetailShape;
  readonly rows: AnsweredRows;
  /** The same one as before means that the device says what it said before. */
  readonly fingerprint: string;
}

/** Nothing of a fact that may not be kept, or is another platform's: the device was asked before its platform was known. */
export function detailOf({ platform, ownership }: AskedDevice, fact: string, rows: AnsweredRows): Detail | undefined {
  const query = detailQuery(platform, fact);
  const personal = ownership === Ownership.OWNERSHIP_PERSONAL;
  if (query === undefined || (personal && !mayCollect(fact))) return undefined;
  if (!personal && query.volatile === undefined && rows instanceof UnreadRows) {
    return { query, rows, fingerprint: rows.fingerprint };
  }
  const kept = personal ? onlyAllowed(fact, rowsOf(rows)) : rowsOf(rows);
  return { query, rows: kept, fingerprint: fingerprintOf(kept, query) };
}

/** The fingerprints of answers that are all about details; nothing when there are others among them. */
export function fingerprintsOf(
  device: AskedDevice,
  answers: readonly Answer[],
): Readonly<Record<string, string>> | undefined {
  const fingerprints: Record<string, string> = {};
  for (const { name, rows, error } of answers) {
    if (name.kind !== "detail") return undefined;
    const detail = error === "" ? detailOf(device, name.fact, rows) : undefined;
    if (detail !== undefined) fingerprints[name.fact] = detail.fingerprint;
  }
  return fingerprints;
}
