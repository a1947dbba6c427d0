import { randomBytes, randomUUID } from "node:crypto";
import type { DeviceParts } from "../device-parts.ts";
import type { ActiveEnrollment } from "../enrollment/active-enrollment.ts";
import type { Plist } from "../plist/plist-value.ts";
import type { DoorAnswer } from "./apple-door.ts";
import { type CommandMessage, type Execution, readCommandMessage } from "./command-message.ts";

export interface ChannelDeps {
  readonly parts: DeviceParts;
  /** `device`, or the short name of a user. */
  readonly name: string;
  /** What user channels add to the identifiers. */
  readonly userIds: Plist;
  /** Where pushes went before the device was switched off; drawn anew without it. */
  readonly address?: { readonly pushToken: Buffer; readonly pushMagic: string };
  readonly enrollment: () => ActiveEnrollment | undefined;
  readonly execute: (message: CommandMessage, channel: MdmChannel) => Promise<Execution>;
  /** Decides what a refusal means. True: the same message may be sent once more. */
  readonly refused: (answer: DoorAnswer, url: string) => Promise<boolean>;
}

/** One queue of commands that a server keeps for a device: the device's own, or that of one of its users. */
export class MdmChannel {
  readonly name: string;
  readonly userIds: Plist;
  readonly pushToken: Buffer;
  readonly pushMagic: string;
  readonly #deps: ChannelDeps;
  #session: Promise<void> | undefined;
  #again: string | undefined;
  /** NotNow was the last that was said: then, and only then, the device asks again by itself. */
  #owesAnAnswer = false;

  constructor(deps: ChannelDeps) {
    this.#deps = deps;
    this.name = deps.name;
    this.userIds = deps.userIds;
    this.pushToken = deps.address?.pushToken ?? randomBytes(32);
    this.pushMagic = deps.address?.pushMagic ?? randomUUID().toUpperCase();
  }

  get owesAnAnswer(): boolean {
    return this.#owesAnAnswer;
  }

  /** A push arrived. With another magic than the one that was told to the server it is not believed. */
  pushed(magic: string = this.pushMagic): void {
    const believed = magic === this.pushMagic;
    this.#deps.parts.ledger.add({ kind: "pushed", channel: this.name, believed });
    if (believed) void this.poll("push");
  }

  /** What kept the device from executing is over. It polls if it had said NotNow last. */
  async conditionsChanged(): Promise<void> {
    if (this.#owesAnAnswer) await this.poll("conditions changed");
  }

  /** Asks for commands until there are none. During a session it makes another one follow. */
  async poll(why: string): Promise<void> {
    const { hardware, state } = this.#deps.parts;
    // A Mac that was locked from afar waits for its PIN and nothing else.
    if (state.poweredOff || (hardware.kind === "Mac" && state.lockPin !== undefined)) return;
    if (this.#session !== undefined) {
      this.#again = why;
      return await this.#session;
    }
    this.#session = this.#sessions(why).finally(() => {
      this.#session = undefined;
    });
    await this.#session;
  }

  async #sessions(first: string): Promise<void> {
    for (let why: string | undefined = first; why !== undefined; why = this.#again) {
      this.#again = undefined;
      try {
        await this.#rounds(why);
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#deps.parts.ledger.add({ kind: "failed", what: `session of ${this.name}`, reason });
      }
    }
  }

  async #rounds(why: string): Promise<void> {
    const { parts } = this.#deps;
    let [commands, last] = [0, "Idle"];
    let message: Plist = { Status: "Idle" };
    let after: Execution["after"];
    this.#owesAnAnswer = false;
    for (;;) {
      const answer = await this.#send(message);
      if (answer === undefined) break;
      if (parts.misbehaviour.repeatsReports === true && last !== "Idle") await this.#send(message);
      if ((await after?.()) === true) break;
      if (answer.body.length === 0) break;
      const next = readCommandMessage(answer.body);
      const execution = await this.#deps.execute(next, this);
      commands += 1;
      last = execution.status;
      after = execution.after;
      message = { Status: last, CommandUUID: next.uuid, ...execution.report };
      parts.ledger.add({
        kind: "command",
        channel: this.name,
        uuid: next.uuid,
        requestType: next.requestType,
        status: last,
        report: execution.report,
      });
    }
    this.#owesAnAnswer = last === "NotNow";
    parts.ledger.add({ kind: "polled", channel: this.name, why, commands, last });
  }

  /** @returns nothing when the server refused. */
  async #send(message: Plist): Promise<DoorAnswer | undefined> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const enrollment = this.#deps.enrollment();
      if (enrollment === undefined) return undefined;
      const answer = await enrollment.connection.report({ ...enrollment.ids, ...this.userIds, ...message });
      if (answer.status === 200) return answer;
      if (!(await this.#deps.refused(answer, enrollment.profile.mdm.serverUrl))) return undefined;
    }
    return undefined;
  }

  /** Reports a status for a command out of the blue, as a broken device may. @returns the HTTP status. */
  async reportUnasked(uuid: string, status: string, report: Plist = {}): Promise<number> {
    const enrollment = this.#deps.enrollment();
    if (enrollment === undefined) throw new Error("the device is not enrolled");
    const message = { ...enrollment.ids, ...this.userIds, Status: status, CommandUUID: uuid, ...report };
    return (await enrollment.connection.report(message)).status;
  }
}
