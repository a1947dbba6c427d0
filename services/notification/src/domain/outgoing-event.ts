/** One event on its way to a sink. */
export interface OutgoingEvent {
  /** The same however often it is sent: the other side knows a repetition by it. */
  readonly id: string;
  readonly type: string;
  readonly tenant: string;
  readonly time: Date;
  /** /muster/<service> */
  readonly source: string;
  /** Empty when it is about no device. */
  readonly deviceId: string;
  /** Empty when nobody is known to have caused it. */
  readonly actor: string;
  /** The trace it came of, by which its kin is found here; empty when there is none. It is no invitation to go on with it. */
  readonly traceId: string;
  /** Where it stands in the tenant's stream, `<transaction>.<sequence>`. */
  readonly position: string;
  /** The event in the sink's format; JSON formats stand on one line. */
  readonly text: string;
  /** Why it could not be brought into the format it was asked for in, and goes nowhere. Left out when it could. */
  readonly flaw?: string;
}

/** What became of one event of a batch. */
export type ItemOutcome =
  /** The other side has it, or had it before. */
  | { readonly kind: "taken" }
  /** It will never be taken as it is: it becomes a dead letter with this reason. */
  | { readonly kind: "refused"; readonly reason: string }
  /** It alone is to be sent again, not before `afterMs` if the other side asked for time. */
  | { readonly kind: "retry"; readonly reason: string; readonly afterMs?: number };

export const TAKEN: ItemOutcome = { kind: "taken" };
