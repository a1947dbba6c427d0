import { Ownership } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { type AskedDevice, detailOf } from "./detail.ts";
import type { Answer } from "./distributed-write.ts";
import { type FactValue, factOf, hashOf } from "./fact.ts";
import { mayDo } from "./owner/deeds.ts";
import { type PolicyAnswer, policyAnswer } from "./policy-answer.ts";
import { capRows, type OsqueryRow } from "./rows.ts";
import { type SoftwareList, softwareOf } from "./software.ts";
import { type AnsweredRows, rowsOf } from "./unread-rows.ts";

export interface ObservedDevice extends AskedDevice {
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
  readonly software: readonly { readonly source: string; readonly items: SoftwareList }[];
  readonly policies: readonly { readonly id: string; readonly revision: number; readonly answer: PolicyAnswer }[];
  readonly labels: readonly { readonly id: string; readonly revision: number; readonly member: boolean }[];
  /** Labels whose question failed: membership stays as it was, the question counts as asked. */
  readonly failedLabels: readonly { readonly id: string; readonly revision: number }[];
  readonly live: readonly LiveAnswer[];
  readonly begunCarves: readonly { readonly id: string; readonly guid: string }[];
  readonly failedCarves: readonly { readonly id: string; readonly error: string }[];
}

const MAX_LIVE_ROWS = 1_000;
const MAX_LIVE_BYTES = 1024 * 1024;

type Open<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer E)[] ? E[] : T[K] };

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
    begunCarves: [],
    failedCarves: [],
  };
  for (const { name, rows, error } of answers) {
    switch (name.kind) {
      case "detail":
        seen.answeredDetails = true;
        if (error === "") observeDetail(device, name.fact, rows, seen, fingerprints);
        break;
      case "policy":
        seen.policies.push({
          id: name.id,
          revision: name.revision,
          answer: policyAnswer(rowsOf(rows), error, personal),
        });
        break;
      case "label":
        if (!mayDo("label_query", personal)) break;
        if (error !== "") seen.failedLabels.push({ id: name.id, revision: name.revision });
        else seen.labels.push({ id: name.id, revision: name.revision, member: rowsOf(rows).length > 0 });
        break;
      case "live":
        if (mayDo("live_query", personal))
          seen.live.push({ queryId: name.id, error, ...capRows(rowsOf(rows), MAX_LIVE_ROWS, MAX_LIVE_BYTES) });
        break;
      case "carve":
        observeCarve(name.id, error, rowsOf(rows), seen);
        break;
    }
  }
  return seen;
}

const NOT_CARVED = "the host began no carve: its carver is disabled, or it has no such file";
const MAX_GUID = 100;

function observeCarve(id: string, error: string, [row]: readonly OsqueryRow[], seen: Open<Observation>): void {
  const guid = row?.["carve_guid"] ?? "";
  if (error !== "") seen.failedCarves.push({ id, error });
  else if (row === undefined) seen.failedCarves.push({ id, error: NOT_CARVED });
  else if (guid !== "" && guid.length <= MAX_GUID) seen.begunCarves.push({ id, guid });
}

function observeDetail(
  device: ObservedDevice,
  fact: string,
  answered: AnsweredRows,
  seen: Open<Observation>,
  fingerprints: Record<string, string>,
): void {
  const detail = detailOf(device, fact, answered);
  if (detail === undefined || device.fingerprints[fact] === detail.fingerprint) return;
  const { query, fingerprint } = detail;
  const rows = rowsOf(detail.rows);
  fingerprints[fact] = fingerprint;
  if (query.software !== undefined) {
    seen.software.push({ source: query.software, items: softwareOf(rows, query.software) });
    return;
  }
  const value = factOf(rows, query);
  seen.facts.push({ name: fact, value, hash: hashOf(value) });
}
