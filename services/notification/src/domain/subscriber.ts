import type { EventFormat } from "@muster/event-formats/render";
import type { UserKeys } from "./credential-rotation.ts";
import type { EventFilter } from "./event-filter.ts";
import type { Position } from "./position.ts";

/** What a person decides about a subscriber. */
export interface SubscriberDraft {
  readonly name: string;
  readonly filter: EventFilter;
  readonly format: EventFormat;
  readonly bufferBytes: number;
}

/** A subscriber with all that its feed has to know. */
export interface Subscriber extends SubscriberDraft {
  readonly tenant: string;
  readonly id: string;
  readonly sealedSeed: Buffer;
  readonly users: UserKeys;
  readonly createdAt: Date;
  readonly revokedAt: Date | undefined;
  /** Everything it wants up to here was put into its stream. */
  readonly position: Position;
  /** Everything it wants up to here was settled by it. */
  readonly settled: Position;
  /** Counts replays. */
  readonly round: number;
  /** The round for which its stream was emptied. */
  readonly emptiedRound: number;
  readonly epoch: string;
  readonly health: SubscriberHealth;
}

export interface SubscriberHealth {
  readonly failures: number;
  readonly retryAt: Date | undefined;
  readonly lastError: string;
  readonly isFull: boolean;
  readonly waitingEvents: number;
  readonly waitingBytes: number;
  readonly unsettledEvents: number;
  readonly settledAt: Date | undefined;
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 60_000;

/** How long the bus is left alone after so many failures in a row; `chance` is from 0 to 1. */
export const pauseAfter = (failures: number, chance: number): number =>
  Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS) * (0.5 + chance / 2);
