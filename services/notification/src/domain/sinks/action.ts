import type { OutgoingEvent } from "../outgoing-event.ts";
import type { Breaker } from "./breaker.ts";
import type { Pending } from "./pending.ts";

export interface Batch {
  readonly events: readonly OutgoingEvent[];
  readonly items: readonly Pending[];
  readonly sentAt: number;
}

/** What is written in one transaction. */
export interface Commit {
  /** Everything up to here was taken, or is a dead letter that is known by then. */
  readonly position: string;
  readonly dead: readonly { readonly event: OutgoingEvent; readonly reason: string }[];
  /** Dead letters that were sent once more and taken. */
  readonly revived: readonly string[];
  readonly delivered: number;
  readonly breaker: Breaker;
  readonly items: ReadonlySet<Pending>;
}

/** What the flow of a sink says is to be done next. */
export type Action =
  | { readonly kind: "read"; readonly after: string; readonly limit: number }
  | { readonly kind: "readReplays"; readonly limit: number }
  | { readonly kind: "send"; readonly batch: Batch }
  | { readonly kind: "commit"; readonly commit: Commit };
