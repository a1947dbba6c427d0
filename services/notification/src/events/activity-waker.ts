import type { Backbone } from "@muster/postgres/backbone";
import type { ActivityWakes, ActivityWatch } from "../usecases/ports.ts";

type Bus = Backbone<unknown>["bus"];

const subject = (tenant: string): string => `wake.activity.${tenant}`;

/** Tells every replica's streams that a tenant has new events. A lost ping costs a second. */
export class ActivityWaker implements ActivityWakes {
  readonly #bus: Bus;
  readonly #watching = new Map<string, Set<() => void>>();

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.subscribe(subject("*"), {
      callback: (_error, message) => this.#wakeHere(message.subject.slice(subject("").length)),
    });
  }

  wake(tenants: Iterable<string>): void {
    for (const tenant of new Set(tenants)) {
      this.#wakeHere(tenant);
      if (!this.#bus.isClosed()) this.#bus.publish(subject(tenant));
    }
  }

  watch(tenant: string, signal: AbortSignal): ActivityWatch {
    let woken = Promise.withResolvers<void>();
    const ring = () => woken.resolve();
    const watching = this.#watching.get(tenant) ?? new Set();
    this.#watching.set(tenant, watching.add(ring));
    signal.addEventListener("abort", () => {
      ring();
      watching.delete(ring);
    });
    return {
      next: () => {
        if (!signal.aborted) woken = Promise.withResolvers<void>();
        return woken.promise;
      },
    };
  }

  #wakeHere(tenant: string): void {
    for (const ring of this.#watching.get(tenant) ?? []) ring();
  }
}
