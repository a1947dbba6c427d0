import type { DeviceReport } from "../hear.ts";
import type { Offered } from "../offer.ts";

type Entry =
  | { readonly state: "received" }
  | { readonly state: "started" }
  | { readonly state: "ended"; readonly report: DeviceReport }
  | { readonly state: "accepted" };

/** An agent as its protocol describes it: it journals before it acts, and says each result until it is accepted. */
export class JournalingAgent {
  /** On the disk: it outlives a restart. */
  readonly #journal = new Map<string, Entry>();
  /** In memory: what it was given and has not begun. */
  #queue: string[] = [];
  #running: string | undefined;
  /** How often it carried out each command. */
  readonly executions = new Map<string, number>();

  take({ command, what }: Offered): void {
    const id = what === "command" ? command.id : (command.withdrawal?.id ?? "");
    const known = this.#journal.get(id)?.state;
    if (known !== undefined && (known !== "received" || this.#queue.includes(id))) return;
    if (what === "withdrawal") return this.#withdraw(id, command.id);
    this.#journal.set(id, { state: "received" });
    this.#queue.push(id);
  }

  /** Begins with the next, if nothing runs. */
  start(): void {
    if (this.#running !== undefined) return;
    const id = this.#queue.shift();
    if (id === undefined) return;
    this.#journal.set(id, { state: "started" });
    this.#running = id;
    this.executions.set(id, (this.executions.get(id) ?? 0) + 1);
  }

  finish(ok: boolean): void {
    if (this.#running !== undefined) this.#end(this.#running, ok ? "succeeded" : "failed", ok ? "" : "exit_code");
  }

  /** Dies and comes back with nothing but its journal. */
  restart(): void {
    this.#queue = [];
    this.#running = undefined;
    for (const [id, { state }] of this.#journal) {
      if (state === "started") this.#end(id, "failed", "interrupted");
      if (state === "received") this.#queue.push(id);
    }
  }

  reports(): DeviceReport[] {
    const running = this.#running === undefined ? [] : [reportOf(this.#running, "running", "")];
    return [
      ...running,
      ...[...this.#journal.values()].flatMap((each) => (each.state === "ended" ? [each.report] : [])),
    ];
  }

  accepted(reports: readonly DeviceReport[]): void {
    for (const { commandId } of reports) {
      if (this.#journal.get(commandId)?.state === "ended") this.#journal.set(commandId, { state: "accepted" });
    }
  }

  #withdraw(id: string, commandId: string): void {
    const waits = this.#queue.includes(commandId);
    const runs = this.#running === commandId;
    this.#queue = this.#queue.filter((each) => each !== commandId);
    if (waits || runs) this.#end(commandId, "failed", "cancelled");
    this.#end(id, waits || runs ? "succeeded" : "failed", waits || runs ? "" : "not_running");
  }

  #end(id: string, state: "succeeded" | "failed", reason: string): void {
    if (this.#running === id) this.#running = undefined;
    this.#journal.set(id, { state: "ended", report: reportOf(id, state, reason) });
  }
}

export const reportOf = (
  commandId: string,
  state: "running" | "succeeded" | "failed",
  reason: string,
): DeviceReport => ({
  commandId,
  report: {
    state,
    result: {
      exitCode: undefined,
      output: "",
      outputTruncated: false,
      reason,
      startedAt: undefined,
      endedAt: undefined,
      apple: undefined,
    },
  },
});
