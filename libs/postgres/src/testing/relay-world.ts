import { type Answer, type Effect, isAfter, type Position, type RelayState, step, takeOffice } from "../relay/steps.ts";

export interface Row extends Position {
  readonly id: number;
}

interface Message {
  readonly row: Row;
  readonly outOfTurn: boolean;
}

/** One relay process: what it knows, and what it is doing. */
interface RelayProcess {
  readonly epoch: number;
  state: RelayState<Row>;
  waiting: Effect<Row>[];
  answers: Answer<Row>[];
}

type Fate = "done" | "answer lost" | "never happened" | "happens later";

const PAGE = 3;

/**
 * Outbox, cursor and stream in memory, with relays over them. Every method is one thing that can happen; chance decides
 * which happens next. What must never happen throws.
 */
export class RelayWorld {
  readonly remembersIds: boolean;
  #nextXid = 5n;
  #nextSeq = 1n;
  #nextId = 1;
  readonly #open = new Map<bigint, Row[]>();
  readonly #committed = new Map<number, Row>();
  #cursor: Position = { xid: "1", seq: "1" };
  #epoch = 0;
  #stream: Message[] | undefined = [];
  /** The sequence of the first message held. */
  #sequence = 0;
  readonly #toldOnce: Row[] = [];
  readonly #toldIds = new Set<number>();
  readonly #late: { readonly rows: readonly Row[]; readonly after: number; readonly singly: boolean }[] = [];
  relays: RelayProcess[] = [];
  repeated = 0;

  constructor(remembersIds: boolean, fromBeginning: boolean) {
    this.remembersIds = remembersIds;
    if (fromBeginning) this.#cursor = { xid: "0", seq: "0" };
  }

  begin(events: number): void {
    const xid = this.#nextXid++;
    this.#open.set(xid, []);
    for (let count = 0; count < events; count++) this.write(xid);
  }

  write(xid: bigint | undefined): void {
    if (xid === undefined) return;
    this.#open.get(xid)?.push({ xid: String(xid), seq: String(this.#nextSeq++), id: this.#nextId++ });
  }

  /** Any open transaction may commit first; sequence numbers have nothing to do with it. */
  end(choice: number, commits: boolean): void {
    const xid = [...this.#open.keys()][choice % Math.max(1, this.#open.size)];
    if (xid === undefined) return;
    if (commits) for (const row of this.#open.get(xid) ?? []) this.#committed.set(row.id, row);
    this.#open.delete(xid);
  }

  anyOpen(choice: number): bigint | undefined {
    return [...this.#open.keys()][choice % Math.max(1, this.#open.size)];
  }

  /** The lock is free, or its holder lost it without noticing. The former holder lives on. */
  elect(): void {
    const epoch = ++this.#epoch;
    const { state, effects } = step(takeOffice<Row>(this.#cursor), []);
    this.relays.push({ epoch, state, waiting: [...effects], answers: [] });
  }

  crash(choice: number): void {
    this.relays.splice(choice % Math.max(1, this.relays.length), 1);
  }

  /** One effect of one relay happens, and its answer arrives, or seems to be a failure, or the effect never happens. */
  perform(which: number, order: number, fate: Fate): void {
    const relay = this.relays[which % Math.max(1, this.relays.length)];
    if (relay === undefined) return;
    const [effect] = relay.waiting.splice(order % Math.max(1, relay.waiting.length), 1);
    if (effect !== undefined) {
      const answer = this.#happen(relay, effect, fate, order);
      if (answer === "broken") return void this.relays.splice(this.relays.indexOf(relay), 1);
      relay.answers.push(answer);
    }
    if (relay.waiting.length > 0) return;
    const { state, effects } = step(relay.state, relay.answers);
    Object.assign(relay, { state, waiting: [...effects], answers: [] });
    if (effects.some((each) => each.do === "leave")) this.relays.splice(this.relays.indexOf(relay), 1);
  }

  deleteStream(): void {
    this.#stream = undefined;
  }

  /** The bus loses what it had acknowledged last. */
  loseTail(count: number): void {
    if (this.#stream === undefined) return;
    // With nothing left there would be no last event that says what is lost.
    const lost = Math.min(count, this.#stream.length - 1);
    if (lost < 1) return;
    this.#stream.splice(this.#stream.length - lost);
    this.#sequence -= lost;
  }

  /** A repair publishes something told once more, and asks nobody. */
  repair(choice: number): void {
    const row = this.#toldOnce[choice % Math.max(1, this.#toldOnce.length)];
    if (row === undefined || this.#stream === undefined) return;
    if (this.#knows(row)) return;
    this.#append({ row, outOfTurn: true });
  }

  /** A publish that its relay has given up reaches the server after all. */
  arriveLate(): void {
    const publish = this.#late.shift();
    if (publish !== undefined) this.#publish(publish.rows, publish.after, publish.singly);
  }

  /** Everything is decided, and one good relay works until it rests. */
  settle(): void {
    while (this.#late.length > 0) this.arriveLate();
    while (this.#open.size > 0) this.end(0, true);
    this.begin(1);
    this.end(0, true);
    this.elect();
    const last = this.relays.length - 1;
    for (let count = 0; count < 10_000; count++) {
      const relay = this.relays[last];
      if (relay === undefined) throw new Error("the only relay in office left it");
      if (relay.waiting.every((effect) => effect.do === "rest")) return this.#checkEnd();
      this.perform(last, 0, "done");
    }
    throw new Error("the relay never came to rest");
  }

  /** Whether the bus holds every event that was committed. */
  readonly isWhole = (): boolean =>
    [...this.#committed.keys()].every((id) => this.#stream?.some((message) => message.row.id === id));

  #happen(relay: RelayProcess, effect: Effect<Row>, fate: Fate, order: number): Answer<Row> | "broken" {
    const lost = fate !== "done";
    switch (effect.do) {
      case "publish":
        if (fate === "happens later") this.#late.push({ ...effect, rows: effect.page });
        if (fate === "never happened" || fate === "happens later") return { got: "refused", moved: false };
        if (!lost) return this.#publish(effect.page, effect.after, effect.singly);
        // Event by event, any first part may have come through; a batch comes whole.
        this.#publish(effect.singly ? effect.page.slice(0, order + 1) : effect.page, effect.after, effect.singly);
        return { got: "refused", moved: false };
      case "find end": {
        if (lost) return "broken";
        if (this.#stream === undefined) return { got: "no stream" };
        const end = this.#stream.at(-1);
        return {
          got: "end",
          sequence: this.#sequence,
          told: end === undefined || end.outOfTurn ? undefined : end.row,
          inOffice: relay.epoch === this.#epoch,
        };
      }
      case "restore stream":
        if (lost) return "broken";
        if (this.#stream === undefined) [this.#stream, this.#sequence] = [[], 0];
        return { got: "stream restored" };
      case "read":
        return lost ? "broken" : { got: "page", rows: this.#read(effect.after) };
      case "keep":
        if (fate === "never happened" || fate === "happens later") return "broken";
        if (relay.epoch !== this.#epoch) return { got: "deposed" };
        this.#keep(effect.position);
        return lost ? "broken" : { got: "kept", position: effect.position };
      case "rest":
      case "leave":
        return { got: "rested" };
    }
  }

  #read(after: Position): Row[] {
    const horizon = [...this.#open.keys()].reduce((least, xid) => (xid < least ? xid : least), this.#nextXid);
    return this.#inOrder()
      .filter((row) => isAfter(row, after) && BigInt(row.xid) < horizon)
      .slice(0, PAGE);
  }

  #inOrder(): Row[] {
    return [...this.#committed.values()].sort((one, other) => (isAfter(one, other) ? 1 : -1));
  }

  #publish(rows: readonly Row[], after: number, singly: boolean): Answer<Row> {
    if (this.#stream === undefined) return { got: "refused", moved: false };
    if (this.#sequence !== after) return { got: "refused", moved: true };
    if (!singly && rows.some((row) => this.#knows(row))) return { got: "refused", moved: false };
    for (const row of rows) if (!this.#knows(row)) this.#append({ row, outOfTurn: false });
    return { got: "acknowledged", sequence: this.#sequence };
  }

  #knows(row: Row): boolean {
    return this.remembersIds && this.#stream?.some((message) => message.row.id === row.id) === true;
  }

  #append(message: Message): void {
    const { row } = message;
    if (!this.#committed.has(row.id)) throw new Error(`event ${row.id} was published and never committed`);
    this.#stream?.push(message);
    this.#sequence += 1;
    if (this.#toldIds.has(row.id)) {
      this.repeated += 1;
      return;
    }
    const before = this.#toldOnce.at(-1);
    if (before !== undefined && isAfter(before, row)) throw new Error(`event ${row.id} was overtaken by ${before.id}`);
    this.#toldOnce.push(row);
    this.#toldIds.add(row.id);
  }

  #keep(position: Position): void {
    const passed = [...this.#committed.values(), ...[...this.#open.values()].flat()].filter(
      (row) => !isAfter(row, position),
    );
    const untold = passed.find((row) => !this.#toldIds.has(row.id));
    if (untold !== undefined) throw new Error(`the cursor passed event ${untold.id}, which the bus does not have`);
    this.#cursor = position;
  }

  #checkEnd(): void {
    for (const { id } of this.#committed.values()) {
      if (!this.#toldIds.has(id)) throw new Error(`event ${id} was committed and never published`);
    }
  }
}
