import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { detailQueriesFor } from "./detail-queries/by-platform.ts";
import { mayDo } from "./owner/deeds.ts";
import { queryName } from "./query-name.ts";
import { type Selection, selects } from "./selection.ts";

/** A question that every selected device is asked again and again. */
export interface Question {
  readonly id: string;
  readonly kind: "policy" | "label";
  readonly revision: number;
  readonly query: string;
  readonly intervalSeconds: number;
  readonly selection: Selection;
}

/** Where a device stands with one question: the revision, when it was asked, and from when it is asked again (ms). */
export interface Asked {
  readonly r: number;
  readonly a: number;
  readonly d: number;
}

/** What decides on a device's work, as the database holds it. */
export interface HostState {
  readonly deviceId: string;
  readonly platform: Platform;
  readonly ownership: Ownership;
  readonly labelIds: readonly string[];
  readonly detailDueAt: number;
  readonly detailAskedAt: number;
  readonly asked: Readonly<Record<string, Asked>>;
}

/** Something asked once of devices fixed beforehand: a live query or a carve. */
export interface OneTimeQuery {
  readonly kind: "live" | "carve";
  readonly id: string;
  readonly query: string;
}

export interface HostWork {
  readonly queries: Record<string, string>;
  readonly discovery: Record<string, string>;
  /** For how many seconds the host polls fast; 0 means it does not. */
  readonly accelerate: number;
  readonly asksDetails: boolean;
  /** What has to be noted of the questions handed out, and the ids of questions that are no more. */
  readonly askedNow: Readonly<Record<string, Asked>>;
  readonly forgotten: readonly string[];
  /** When something may be due next, in milliseconds. */
  readonly nextAt: number;
}

/** What is not answered is handed out again after this time: the host may have stopped in between. */
export const HAND_OUT_AGAIN_MS = 60_000;
const ACCELERATE_SECONDS = 10;

/** What a host is asked now. */
export function dueWork(
  host: HostState,
  questions: readonly Question[],
  once: readonly OneTimeQuery[],
  now: number,
): HostWork {
  const queries: Record<string, string> = {};
  const discovery: Record<string, string> = {};
  const askedNow: Record<string, Asked> = {};
  let nextAt = Number.POSITIVE_INFINITY;
  const detailsAt = Math.max(host.detailDueAt, host.detailAskedAt + HAND_OUT_AGAIN_MS);
  const asksDetails = detailsAt <= now;
  if (asksDetails) {
    for (const query of detailQueriesFor(host.platform, host.ownership)) {
      const name = queryName({ kind: "detail", fact: query.fact });
      queries[name] = query.sql;
      if (query.discovery !== undefined) discovery[name] = query.discovery;
    }
  } else nextAt = detailsAt;
  for (const question of applicable(host, questions)) {
    const last = host.asked[question.id];
    const at = last?.r === question.revision ? Math.max(last.d, last.a + HAND_OUT_AGAIN_MS) : 0;
    if (at > now) {
      nextAt = Math.min(nextAt, at);
      continue;
    }
    queries[queryName(question)] = question.query;
    askedNow[question.id] = { r: question.revision, a: now, d: 0 };
  }
  const personal = host.ownership === Ownership.OWNERSHIP_PERSONAL;
  // It may have become a person's own since it was asked for.
  const still = once.filter(({ kind }) => mayDo(kind === "live" ? "live_query" : kind, personal));
  for (const one of still) queries[queryName(one)] = one.query;
  const known = new Set(questions.map(({ id }) => id));
  return {
    queries,
    discovery,
    accelerate: still.length > 0 ? ACCELERATE_SECONDS : 0,
    asksDetails,
    askedNow,
    forgotten: Object.keys(host.asked).filter((id) => !known.has(id)),
    nextAt,
  };
}

// A person's own device is asked for verdicts only, of which no more is kept than whether there were rows.
function applicable(host: HostState, questions: readonly Question[]): readonly Question[] {
  if (host.platform === Platform.PLATFORM_UNSPECIFIED) return [];
  const personal = host.ownership === Ownership.OWNERSHIP_PERSONAL;
  return questions.filter(
    ({ kind, selection }) => selects(selection, host) && (kind !== "label" || mayDo("label_query", personal)),
  );
}
