import type { ArrivedEvent } from "@muster/eventbus/event-message";

/** Where a consumer keeps what it heard and what it could not use. */
export interface HearingStore {
  /** All of it happens, or, when it throws, nothing of it. */
  transaction<T>(work: (hearing: Hearing) => Promise<T>): Promise<T>;
}

/** What one transaction of a consumer may do. */
export interface Hearing {
  /** Writes inbox rows of arrived events, and says which had none and which of their queues are parked. */
  arrive(events: readonly ArrivedEvent[]): Promise<Arrived>;
  /** The effect. */
  apply(events: readonly ArrivedEvent[]): Promise<void>;
  /** Puts events that wait for an earlier one into their queues. */
  wait(events: readonly ArrivedEvent[]): Promise<void>;
  /** Takes the inbox rows of events back, because their queue is full. */
  leave(events: readonly ArrivedEvent[]): Promise<void>;
  /** Parks an event that failed, and with it its queue. */
  park(event: ArrivedEvent, reason: string, pauseMs: number): Promise<void>;
  /** Makes an event that arrived a dead letter. */
  bury(event: ArrivedEvent, reason: string): Promise<void>;
  /** The first event of a parked queue whose pause is over, or of the queue of `only`; nobody else tries it meanwhile. */
  takeDue(only?: ArrivedEvent): Promise<DueEvent | undefined>;
  /** Removes a parked event that took effect; its queue, when that was its last one. */
  settle(event: ArrivedEvent): Promise<void>;
  /** Makes a parked event a dead letter; what waits behind it is due. */
  giveUp(event: ArrivedEvent, reason: string): Promise<void>;
  /** A parked event failed once more: its queue rests. */
  rest(event: ArrivedEvent, reason: string, pauseMs: number): Promise<void>;
}

export interface Arrived {
  /** The ids that the inbox did not hold. */
  readonly unheard: ReadonlySet<string>;
  /** How many events wait in those of the queues that are parked; nobody else changes them until the transaction ends. */
  readonly lengths: ReadonlyMap<string, number>;
}

export interface DueEvent {
  readonly event: ArrivedEvent;
  /** How often it has failed. */
  readonly attempts: number;
}
