import { Ownership, type Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { detailQuery } from "./detail-queries/by-platform.ts";
import type { Answer } from "./distributed-write.ts";
import { type FactValue, factOf, fingerprintOf, hashOf } from "./fact.ts";
import { mayCollect, onlyAllowed } from "./personal-devices.ts";
import { type PolicyAnswer, policyAnswer } from "./policy-answer.ts";
import { capRows, type OsqueryRow } from "./rows.ts";
import { type Software, softwareOf } from "./software.ts";
import { type AnsweredRows, rowsOf, UnreadRows } from "./unread-rows.ts";

export interface ObservedDevice {
  readonly platform: Platform;
  readonly ownership: Ownership;
  /** Fact -> digest of the last answer. */
  readonly fingerprints: Readonly<Record<string, string>>;
}

export interface ObservedFact {
  readonly name: string;
  readonly value: FactValue;
  readonly hash: string;
}

export interface LiveAnswer {
  readonly queryId: string;
  readonly rows: readonly OsqueryRow[];
  readonly error: string;
  readonly truncated: boolean;
}

/** What one device's answers say. Facts and software are there only when the answer is not the one before. */
export interface Observation {
  readonly answeredDetails: boolean;
  readonly fingerprints: Readonly<Record<string, string>>;
  readonly facts: readonly ObservedFact[];
  readonly software: readonly { readonly source: string; readonly items: readonly Software[] }[];
  readonly policies: readonly { readonly id: string; readonly revision: number; readonly answer: PolicyAnswer }[];
  readonly labels: readonly { readonly id: string; readonly revision: number; readonly member: boolean }[];
  /** Labels whose question failed: membership stays as it was, the question counts as asked. */
  readonly failedLabels: readonly { readonly id: string; readonly revision: number }[];
  readonly live: readonly LiveAnswer[];
  readonly failedCarves: readonly { readonly id: string; readonly error: string }[];
}

const MAX_LIVE_ROWS = 1_000;
const MAX_LIVE_BYTES = 1024 * 1024;

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

/** Whether there is nothing to note but that the device answered: all it said of itself is known. */
export const isKnown = (seen: Observation): boolean =>
  seen.answeredDetails &&
  Object.keys(seen.fingerprints).length === 0 &&
  [seen.policies, seen.labels, seen.failedLabels, seen.live, seen.failedCarves].every(({ length }) => length === 0);

export function observe(device: ObservedDevice, answers: readonly Answer[]): Observation {
  const personal = device.ownership === Ownership.OWNERSHIP_PERSONAL;
  const fingerprints: Record<string, string> = {};
  const seen: Open<Observation> = {
    answeredDetails: false,
    fingerprints,
    facts: [],
    software: [],
    policies: [],
    labels: [],
    failedLabels: [],
    live: [],
    failedCarves: [],
  };
  for (const { name, rows, error } of answers) {
    switch (name.kind) {
      case "detail":
        seen.answeredDetails = true;
        if (error === "") observeDetail(device, name.fact, rows, personal, seen, fingerprints);
        break;
      case "policy":
        seen.policies.push({
          id: name.id,
          revision: name.revision,
          answer: policyAnswer(rowsOf(rows), error, personal),
        });
        break;
      case "label":
        if (personal) break;
        if (error !== "") seen.failedLabels.push({ id: name.id, revision: name.revision });
        else seen.labels.push({ id: name.id, revision: name.revision, member: rowsOf(rows).length > 0 });
        break;
      case "live":
        if (!personal)
          seen.live.push({ queryId: name.id, error, ...capRows(rowsOf(rows), MAX_LIVE_ROWS, MAX_LIVE_BYTES) });
        break;
      case "carve":
        if (error !== "") seen.failedCarves.push({ id: name.id, error });
        break;
    }
  }
  return seen;
}

function observeDetail(
  device: ObservedDevice,
  fact: string,
  answered: AnsweredRows,
  personal: boolean,
  seen: Open<Observation>,
  fingerprints: Record<string, string>,
): void {
  const query = detailQuery(device.platform, fact);
  // A fact of another platform: the device was asked before its platform was known to be another.
  if (query === undefined || (personal && !mayCollect(fact))) return;
  const asCame = !personal && query.volatile === undefined && answered instanceof UnreadRows;
  if (asCame && device.fingerprints[fact] === answered.fingerprint) return;
  const rows = personal ? onlyAllowed(fact, rowsOf(answered)) : rowsOf(answered);
  const fingerprint = asCame ? answered.fingerprint : fingerprintOf(rows, query);
  if (device.fingerprints[fact] === fingerprint) return;
  fingerprints[fact] = fingerprint;
  if (query.software !== undefined) {
    seen.software.push({ source: query.software, items: softwareOf(rows, query.software) });
    return;
  }
  const value = factOf(rows, query);
  seen.facts.push({ name: fact, value, hash: hashOf(value) });
}
