import assert from "node:assert/strict";
import { type Command, hasEnded } from "../command.ts";
import { dueAt } from "../decide.ts";
import { advance, type Step } from "../evolve.ts";
import { type DeviceReport, hearAll } from "../hear.ts";
import { newCommand } from "../new-command.ts";
import { type Offered, offer } from "../offer.ts";
import { JournalingAgent } from "./journaling-agent.ts";

const AT_ONCE = 10;

/** Devices 0 and 1 run Muster's agent, device 2 runs fleetd, which keeps no journal. */
export const FLEETD = 2;
export const DEVICES = 3;

/** The store and the doors in memory, around the decisions as they are; and it watches what may never happen. */
export class DeliveryWorld {
  now = new Date("2026-06-01T00:00:00Z");
  readonly commands: Command[] = [];
  readonly agents = Array.from({ length: DEVICES }, () => new JournalingAgent());
  /** What fleetd carried out. */
  readonly fleetdRan: string[] = [];
  readonly #left = new Set<number>();
  #nextId = 1;

  enqueue(device: number, lifeSec: number): void {
    if (this.#left.has(device)) return;
    const command = newCommand({
      tenant: "acme",
      deviceId: String(device),
      id: `c${this.#nextId++}`,
      type: "run_script",
      script: { scriptId: "saved", bodyId: "b", bodyBytes: 300_000, timeoutSeconds: 60 },
      apple: undefined,
      createdBy: "ada",
      reason: "",
      traceparent: "",
      createdAt: this.now,
      expiresAt: new Date(this.now.getTime() + lifeSec * 1_000),
    });
    this.commands.push({ ...command, seq: String(this.commands.length + 1) });
  }

  /** An agent asks for work; its answer may be lost on the way. */
  checkIn(device: number, answerLost: boolean): void {
    const deliverable = this.#of(device)
      .filter((each) => this.#isDeliverable(each))
      .slice(0, AT_ONCE);
    const { handed, steps } = offer(deliverable, false, this.now);
    this.#record(steps);
    this.#inOrder(device, handed, deliverable);
    if (!answerLost) for (const each of handed) this.agents[device]?.take(each);
  }

  /** fleetd fetches a script that it was told of some time ago, and runs what it gets. */
  fetchScript(place: number, answerLost: boolean): void {
    const own = this.#of(FLEETD);
    const asked = own[place % Math.max(1, own.length)];
    if (asked === undefined) return;
    const { after, steps } = advance(asked, { kind: "hand_out", over: "orbit", personal: false }, this.now);
    this.#record(steps);
    if (steps.length > 0 && !hasEnded(after) && !answerLost) this.fleetdRan.push(after.id);
  }

  /** A device says what it has to say, perhaps twice at once; that it was heard may be lost on the way. */
  report(device: number, { twice, answerLost }: { readonly twice: boolean; readonly answerLost: boolean }): void {
    const agent = this.agents[device];
    const reports = agent?.reports() ?? [];
    this.hear(device, twice ? [...reports, ...reports] : reports);
    if (!answerLost) agent?.accepted(reports);
  }

  hear(device: number, reports: readonly DeviceReport[]): void {
    const own = this.#of(device).filter(({ id, withdrawal }) =>
      reports.some(({ commandId }) => commandId === id || commandId === withdrawal?.id),
    );
    const identity = { tenant: "acme", deviceId: String(device) };
    this.#record(hearAll(own, [{ identity, reports }], this.now).steps);
  }

  withdraw(place: number): void {
    const command = this.commands[place % Math.max(1, this.commands.length)];
    if (command === undefined) return;
    this.#record(advance(command, { kind: "withdraw", withdrawalId: `w${this.#nextId++}` }, this.now).steps);
  }

  sweep(): void {
    const due = this.commands.filter((each) => !hasEnded(each) && dueAt(each) <= this.now);
    this.#record(due.flatMap((each) => advance(each, { kind: "time_passed" }, this.now).steps));
  }

  unenroll(device: number): void {
    this.#left.add(device);
    this.#record(this.#of(device).flatMap((each) => advance(each, { kind: "unenrolled" }, this.now).steps));
  }

  pass(seconds: number): void {
    this.now = new Date(this.now.getTime() + seconds * 1_000);
  }

  #of(device: number): Command[] {
    return this.commands.filter(({ deviceId }) => deviceId === String(device));
  }

  // What lockDeliverable selects.
  #isDeliverable({ state, withdrawal, expiresAt, leaseUntil }: Command): boolean {
    if (!["queued", "delivered", "running"].includes(state)) return false;
    if (withdrawal !== undefined) return withdrawal.leaseUntil === undefined || withdrawal.leaseUntil <= this.now;
    const leaseEnded = state === "delivered" && leaseUntil !== undefined && leaseUntil <= this.now;
    return expiresAt > this.now && (state === "queued" || leaseEnded);
  }

  #record(steps: readonly Step[]): void {
    for (const { event, after } of steps) {
      const place = this.commands.findIndex(({ id }) => id === after.id);
      const before = this.commands[place];
      assert.ok(before !== undefined);
      assert.ok(!hasEnded(before), `${before.id} is ${before.state} and yet ${event.type} happens to it`);
      const changed = before.state !== after.state;
      assert.equal(after.version, before.version + (changed ? 1 : 0), `the version after ${event.type}`);
      this.commands[place] = after;
    }
  }

  #inOrder(device: number, handed: readonly Offered[], deliverable: readonly Command[]): void {
    const seqs = handed.map(({ command }) => Number(command.seq));
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
      `device ${device} is handed commands in another order`,
    );
    const passedOver = deliverable.find(
      ({ seq, id }) => Number(seq) < (seqs.at(-1) ?? 0) && !handed.some(({ command }) => command.id === id),
    );
    assert.equal(passedOver, undefined, `${passedOver?.id} is older than what device ${device} is handed`);
  }
}
