/** One process that an ingress may pass a request to. */
export interface UpstreamReplica {
  /** Such as http://127.0.0.1:7411. */
  readonly origin: string;
  readonly isReady: () => Promise<boolean>;
}

const ASK_EVERY_MS = 250;

/** The replicas of one service: requests go to each in turn, and to none that is not ready. */
export class Upstream {
  readonly #replicas: readonly UpstreamReplica[];
  readonly #notReady = new Set<UpstreamReplica>();
  #turn = 0;

  constructor(replicas: readonly UpstreamReplica[]) {
    this.#replicas = replicas;
    // One alone gets every request, ready or not.
    if (replicas.length > 1) setInterval(() => void this.ask(), ASK_EVERY_MS).unref();
  }

  /** The origin that the next request goes to. When none is ready, one is tried all the same. */
  next(): string {
    const ready = this.#replicas.filter((replica) => !this.#notReady.has(replica));
    const among = ready.length > 0 ? ready : this.#replicas;
    this.#turn += 1;
    return among[this.#turn % among.length]?.origin ?? "";
  }

  /** Asks every replica whether it is ready. */
  async ask(): Promise<void> {
    await Promise.all(
      this.#replicas.map(async (replica) => {
        if (await replica.isReady()) this.#notReady.delete(replica);
        else this.#notReady.add(replica);
      }),
    );
  }
}
