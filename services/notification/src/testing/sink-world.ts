import type { ItemOutcome, OutgoingEvent } from "../domain/outgoing-event.ts";
import type { Action, Batch, Commit } from "../domain/sinks/action.ts";
import { WELL } from "../domain/sinks/breaker.ts";
import { SinkFlow } from "../domain/sinks/flow.ts";
import { outgoingEvent } from "./outgoing-event.ts";

/** How the other side treats an event, whatever happens to the connection. */
export type Nature = "good" | "refused" | "poison" | "stubborn";

export type Fault = "none" | "away" | "answerLost" | "half";

const BATCHING = { maxEvents: 4, maxBytes: 100, lingerMs: 50, inFlight: 3 };

const numberOf = (position: string): number => Number(position.split(".")[1]);

interface Runner {
  readonly flow: SinkFlow;
  readonly epoch: number;
  readonly inWork: Action[];
}

/** Everything around the flow of one sink, in memory: the stream, the checkpoint with its fence, and the other side. */
export class SinkWorld {
  readonly stream: OutgoingEvent[] = [];
  /** How often the other side took each event. */
  readonly took = new Map<string, number>();
  readonly dead = new Set<string>();
  /** How often something happened after which events may be sent twice. */
  disturbances = 0;
  position = "7.0";
  now = 1_000;
  #epoch = 0;
  #runners: Runner[] = [];
  /** Of the first events; all others are good. */
  readonly #natures: readonly Nature[];

  constructor(natures: readonly Nature[]) {
    this.#natures = natures;
    this.takeOver();
  }

  append(count: number): void {
    for (let i = 0; i < count; i++) this.stream.push(outgoingEvent(this.stream.length + 1));
    for (const { flow } of this.#runners) flow.woken(this.now);
  }

  /** Another replica takes the sink; the one before may not know it yet. */
  takeOver(): void {
    this.#epoch++;
    if (this.#epoch > 1) this.disturbances++;
    const flow = new SinkFlow({ position: this.position, breaker: WELL, batching: BATCHING });
    this.#runners = [...this.#runners.slice(-1), { flow, epoch: this.#epoch, inWork: [] }];
  }

  /** The replica dies with all that it had in mind. */
  crash(): void {
    this.#runners = [];
    this.takeOver();
  }

  /** Lets time pass, and each replica begin what is due. */
  pass(ms: number): void {
    this.now += ms;
    for (const { flow, inWork } of this.#runners) inWork.push(...flow.next(this.now));
  }

  /** One of the things in work ends; `pick` says which. Returns whether there was one. */
  end(pick: number, fault: Fault): boolean {
    const all = this.#runners.flatMap((runner) => runner.inWork.map((action) => ({ runner, action })));
    const chosen = all[pick % Math.max(all.length, 1)];
    if (chosen === undefined) return false;
    const { runner, action } = chosen;
    runner.inWork.splice(runner.inWork.indexOf(action), 1);
    if (action.kind === "send") this.#send(runner, action.batch, fault);
    else if (action.kind === "commit") this.#commit(runner, action.commit, fault);
    else if (fault === "away") runner.flow.readFailed(this.now);
    else if (action.kind === "readReplays") runner.flow.replaysRead([], this.now);
    else {
      const found = this.stream.filter(({ position }) => numberOf(position) > numberOf(action.after));
      const page = found.slice(0, action.limit);
      const last = page.at(-1)?.position ?? action.after;
      runner.flow.pageRead(page, last, page.length === action.limit, this.now);
    }
    return true;
  }

  /** Whether everything so far was taken or is a dead letter, and the checkpoint says so. */
  get isSettled(): boolean {
    return numberOf(this.position) === this.stream.length;
  }

  /** What stands behind the checkpoint but was neither taken nor is a dead letter. */
  get lost(): readonly string[] {
    return this.stream
      .filter(
        ({ id, position }) => numberOf(position) <= numberOf(this.position) && !this.took.has(id) && !this.dead.has(id),
      )
      .map(({ position }) => position);
  }

  #natureOf(event: OutgoingEvent): Nature {
    return this.#natures[numberOf(event.position) - 1] ?? "good";
  }

  #send({ flow }: Runner, batch: Batch, fault: Fault): void {
    if (fault === "away") {
      flow.failed(batch, { message: "away", afterMs: 0, isRefusal: false }, this.now, 0.5);
      return;
    }
    if (batch.events.some((event) => this.#natureOf(event) === "poison")) {
      flow.failed(batch, { message: "malformed", afterMs: 0, isRefusal: true }, this.now, 0.5);
      return;
    }
    const outcomes = batch.events.map((event, index): ItemOutcome => {
      const nature = this.#natureOf(event);
      if (nature === "refused") return { kind: "refused", reason: "no such field" };
      if (nature === "stubborn" || (fault === "half" && index % 2 === 1)) return { kind: "retry", reason: "busy" };
      this.took.set(event.id, (this.took.get(event.id) ?? 0) + 1);
      return { kind: "taken" };
    });
    if (fault !== "answerLost") {
      flow.answered(batch, outcomes, this.now, 0.5);
      return;
    }
    this.disturbances++;
    flow.failed(batch, { message: "no answer", afterMs: 0, isRefusal: false }, this.now, 0.5);
  }

  #commit(runner: Runner, commit: Commit, fault: Fault): void {
    if (fault === "away") {
      runner.flow.commitFailed(this.now);
      return;
    }
    if (runner.epoch !== this.#epoch) {
      // The fence: whoever lost the sink ends.
      this.#runners = this.#runners.filter((each) => each !== runner);
      return;
    }
    this.position = commit.position;
    for (const { event } of commit.dead) this.dead.add(event.id);
    if (fault === "answerLost") runner.flow.commitFailed(this.now);
    else runner.flow.committed(commit);
  }
}
