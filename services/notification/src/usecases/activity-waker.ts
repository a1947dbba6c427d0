import type { NatsConnection } from "@nats-io/transport-node";

const subject = (tenant: string): string => `wake.activity.${tenant}`;

export interface ActivityWatch {
  /** Resolves at the next wake from now on, or when the watch ends. */
  next(): Promise<void>;
}

/** Tells every replica's streams that a tenant has new events. A lost ping costs a second. */
export class ActivityWaker {
  readonly #bus: NatsConnection;
  readonly #watching = new Map<string, Set<() => void>>();

  constructor(bus: NatsConnection) {
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
