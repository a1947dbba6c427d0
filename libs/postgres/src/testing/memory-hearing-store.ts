import type { ArrivedEvent } from "@muster/eventbus/event-message";
import type { Arrived, DueEvent, Hearing, HearingStore } from "../hearing/hearing-store.ts";
import { queueKey, queueOf } from "../hearing/sort-arrivals.ts";

interface Parked {
  readonly event: ArrivedEvent;
  readonly attempts: number;
}

interface State {
  readonly inbox: ReadonlySet<string>;
  readonly effects: readonly string[];
  readonly parked: readonly Parked[];
  readonly dead: readonly string[];
  /** When each parked queue is due. */
  readonly queues: ReadonlyMap<string, number>;
}

const EMPTY: State = { inbox: new Set(), effects: [], parked: [], dead: [], queues: new Map() };

/** What befalls the store in one transaction. */
export interface Weather {
  /** Called before the transaction begins and before it commits; what it throws undoes it. */
  readonly before: () => Promise<void>;
  /** Called after the commit; what it throws leaves the caller in doubt. */
  readonly after: () => Promise<void>;
  /** The effect of events; what it throws is theirs. It is told which events wait in the queue of each. */
  readonly apply: (events: readonly ArrivedEvent[], waiting: (event: ArrivedEvent) => readonly ArrivedEvent[]) => void;
  readonly now: () => number;
}

/** A consumer's store whose transactions happen one after another, whole or not at all. */
export class MemoryHearingStore implements HearingStore {
  readonly #weather: Weather;
  #state = EMPTY;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(weather: Weather) {
    this.#weather = weather;
  }

  get state(): State {
    return this.#state;
  }

  transaction<T>(work: (hearing: Hearing) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      await this.#weather.before();
      const hearing = new MemoryHearing(this.#state, this.#weather);
      const result = await work(hearing);
      await this.#weather.before();
      this.#state = hearing.state;
      await this.#weather.after();
      return result;
    });
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

class MemoryHearing implements Hearing {
  readonly #weather: Weather;
  state: State;

  constructor(state: State, weather: Weather) {
    this.state = state;
    this.#weather = weather;
  }

  async arrive(events: readonly ArrivedEvent[]): Promise<Arrived> {
    const ids = events.map(({ id }) => id);
    const keys = events.map((event) => queueKey(queueOf(event))).filter((key) => this.state.queues.has(key));
    const unheard = new Set(ids.filter((id) => !this.state.inbox.has(id)));
    this.state = { ...this.state, inbox: new Set([...this.state.inbox, ...ids]) };
    return { unheard, lengths: new Map(keys.map((key) => [key, this.#queue(key).length])) };
  }

  async apply(events: readonly ArrivedEvent[]): Promise<void> {
    this.#weather.apply(events, (event) => this.#queue(queueKey(queueOf(event))).map((parked) => parked.event));
    this.state = { ...this.state, effects: [...this.state.effects, ...events.map(({ id }) => id)] };
  }

  async wait(events: readonly ArrivedEvent[]): Promise<void> {
    this.state = { ...this.state, parked: [...this.state.parked, ...events.map((event) => ({ event, attempts: 0 }))] };
  }

  async leave(events: readonly ArrivedEvent[]): Promise<void> {
    const left = new Set(events.map(({ id }) => id));
    this.state = { ...this.state, inbox: new Set([...this.state.inbox].filter((id) => !left.has(id))) };
  }

  async park(event: ArrivedEvent, _reason: string, pauseMs: number): Promise<void> {
    this.#due(event, pauseMs);
    this.state = { ...this.state, parked: [...this.state.parked, { event, attempts: 1 }] };
  }

  async bury(event: ArrivedEvent): Promise<void> {
    this.#remove(event);
    this.state = { ...this.state, dead: [...this.state.dead, event.id] };
  }

  async giveUp(event: ArrivedEvent): Promise<void> {
    await this.bury(event);
    this.#endQueue(event);
  }

  async takeDue(only?: ArrivedEvent): Promise<DueEvent | undefined> {
    if (only !== undefined) return this.state.parked.find(({ event }) => event.id === only.id);
    const due = [...this.state.queues].find(([, at]) => at <= this.#weather.now());
    return due === undefined ? undefined : this.#queue(due[0])[0];
  }

  async settle(event: ArrivedEvent): Promise<void> {
    this.#remove(event);
    this.#endQueue(event);
  }

  async rest(event: ArrivedEvent, _reason: string, pauseMs: number): Promise<void> {
    this.#due(event, pauseMs);
    this.state = {
      ...this.state,
      parked: this.state.parked.map((each) =>
        each.event.id === event.id ? { event, attempts: each.attempts + 1 } : each,
      ),
    };
  }

  #queue(key: string): Parked[] {
    const inQueue = this.state.parked.filter(({ event }) => queueKey(queueOf(event)) === key);
    return inQueue.sort((one, other) => (one.event.id < other.event.id ? -1 : 1));
  }

  #due(event: ArrivedEvent, pauseMs: number): void {
    const queues = new Map(this.state.queues).set(queueKey(queueOf(event)), this.#weather.now() + pauseMs);
    this.state = { ...this.state, queues };
  }

  #remove(event: ArrivedEvent): void {
    this.state = { ...this.state, parked: this.state.parked.filter((each) => each.event.id !== event.id) };
  }

  #endQueue(event: ArrivedEvent): void {
    const key = queueKey(queueOf(event));
    if (this.#queue(key).length > 0) return this.#due(event, 0);
    const queues = new Map(this.state.queues);
    queues.delete(key);
    this.state = { ...this.state, queues };
  }
}
