import type { ItemOutcome, OutgoingEvent } from "../domain/outgoing-event.ts";

/** The other side of one sink: where its events go. One replica at a time has it open. */
export interface Destination {
  /**
   * Sends events and answers with one outcome for each, in their order. Only what the other side has for sure is taken:
   * the checkpoint rests on it. Several calls may be in work at once. A batch that failed as a whole is thrown as a
   * DestinationError; any other error is a fault of ours, and counts as one that can be retried.
   */
  send(events: readonly OutgoingEvent[], signal: AbortSignal): Promise<readonly ItemOutcome[]>;
  close(): Promise<void>;
}

export interface DestinationErrorOptions {
  /**
   * True when the same batch may be taken later: the other side is away, overloaded, or does not know us (a wrong
   * token is mended by a person, and no event's fault). False when it will never be taken because of what is in it:
   * it is then split until the event that is the cause stands alone, and becomes a dead letter.
   */
  readonly retryable: boolean;
  /** For how long the other side asked to be left alone, in milliseconds. */
  readonly afterMs?: number;
  readonly cause?: unknown;
}

/** A batch failed as a whole. The message is shown to people: it says what the other side said, and holds no secret. */
export class DestinationError extends Error {
  override readonly name = "DestinationError";
  readonly retryable: boolean;
  readonly afterMs: number;

  constructor(message: string, { retryable, afterMs = 0, cause }: DestinationErrorOptions) {
    super(message, { cause });
    this.retryable = retryable;
    this.afterMs = afterMs;
  }
}
