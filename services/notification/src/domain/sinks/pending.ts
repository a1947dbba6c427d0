import type { OutgoingEvent } from "../outgoing-event.ts";
import type { Batching } from "./batching.ts";

/** One event that was read and is not behind the checkpoint yet. */
export interface Pending {
  readonly event: OutgoingEvent;
  readonly bytes: number;
  readonly readAt: number;
  /** A dead letter that is sent once more: it stands outside of the stream's order. */
  readonly isReplay: boolean;
  stage: "waiting" | "sending" | "taken" | "dead";
  /** How often it alone was to be sent again. */
  attempts: number;
  /** In how large a batch it may travel: halved each time that its batch was refused as a whole. */
  company: number;
  notBefore: number;
  /** When it was sent last; 0 when it was not. */
  triedAt: number;
  /** Why it is dead. */
  reason: string;
}

export const pendingOf = (event: OutgoingEvent, isReplay: boolean, now: number): Pending => ({
  event,
  bytes: Buffer.byteLength(event.text),
  readAt: now,
  isReplay,
  stage: event.flaw === undefined ? "waiting" : "dead",
  attempts: 0,
  company: Number.POSITIVE_INFINITY,
  notBefore: 0,
  triedAt: 0,
  reason: event.flaw ?? "",
});

export const isSettled = ({ stage }: Pending): boolean => stage === "taken" || stage === "dead";

/**
 * The next batch; nothing while it is neither full nor has waited long enough. The order is that of the stream, but
 * what was tried goes behind what was not: one that always fails must not be all that is ever tried.
 */
export function nextBatch(pending: readonly Pending[], batching: Batching, now: number): Pending[] | undefined {
  const batch: Pending[] = [];
  let [bytes, most] = [0, batching.maxEvents];
  let isFull = false;
  for (const each of inTurn(pending.filter(({ stage, notBefore }) => stage === "waiting" && notBefore <= now))) {
    most = Math.min(most, each.company);
    isFull = batch.length >= most || (batch.length > 0 && bytes + each.bytes > batching.maxBytes);
    if (isFull) break;
    batch.push(each);
    bytes += each.bytes;
  }
  const [first] = batch;
  if (first === undefined) return undefined;
  isFull ||= batch.length >= most || bytes >= batching.maxBytes;
  const isDue = batch.some(({ attempts, company }) => attempts > 0 || company < Number.POSITIVE_INFINITY);
  return isFull || isDue || now - first.readAt >= batching.lingerMs ? batch : undefined;
}

const inTurn = (waiting: readonly Pending[]): readonly Pending[] =>
  waiting.some(({ triedAt }) => triedAt > 0) ? waiting.toSorted((a, b) => a.triedAt - b.triedAt) : waiting;

/** When the next batch may be ready without any news. */
export function batchDueAt(pending: readonly Pending[], { lingerMs }: Batching): number | undefined {
  const times = pending
    .filter(({ stage }) => stage === "waiting")
    .map(({ attempts, readAt, notBefore }) => (attempts > 0 ? notBefore : readAt + lingerMs));
  return times.length === 0 ? undefined : times.reduce((a, b) => Math.min(a, b));
}
