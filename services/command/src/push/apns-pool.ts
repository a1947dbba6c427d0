import type { PushOutcome } from "../domain/push/push-outcome.ts";
import { type ApnsAddress, ApnsConnection, type ClientIdentity, LOST, type Push } from "./apns-connection.ts";

/** So often a push is given to another connection when its own broke. */
const ATTEMPTS = 3;

interface Waiting {
  readonly push: Push;
  readonly resolve: (outcome: PushOutcome) => void;
  losses: number;
}

/**
 * The connections of one certificate: as many as it takes, up to a bound. What a connection did not answer before it broke, or
 * before it was told to go away, goes out over another.
 */
export class ApnsPool {
  readonly #address: ApnsAddress;
  readonly #identity: ClientIdentity;
  readonly #most: number;
  readonly #connections = new Set<ApnsConnection>();
  readonly #waiting: Waiting[] = [];
  #opening = false;
  #closed = false;

  constructor(address: ApnsAddress, identity: ClientIdentity, most: number) {
    this.#address = address;
    this.#identity = identity;
    this.#most = most;
  }

  push(push: Push): Promise<PushOutcome> {
    return new Promise((resolve) => {
      this.#waiting.push({ push, resolve, losses: 0 });
      this.#flow();
    });
  }

  close(): void {
    this.#closed = true;
    for (const connection of this.#connections) connection.close();
    this.#end({ kind: "unanswered", reason: "closed" });
  }

  #flow(): void {
    while (this.#waiting.length > 0) {
      const connection = [...this.#connections].find(({ room }) => room > 0);
      if (connection === undefined) break;
      void this.#give(connection, this.#waiting.shift() as Waiting);
    }
    if (this.#waiting.length > 0 && this.#connections.size < this.#most) this.#open();
  }

  async #give(connection: ApnsConnection, waiting: Waiting): Promise<void> {
    const outcome = await connection.push(waiting.push);
    if (outcome !== LOST) waiting.resolve(outcome);
    else if (turnedAway(connection.failure)) waiting.resolve({ kind: "turned_away", reason: connection.failure });
    else if (waiting.losses + 1 >= ATTEMPTS || this.#closed)
      waiting.resolve({ kind: "unanswered", reason: connection.failure || "connection lost" });
    else {
      waiting.losses += 1;
      this.#waiting.unshift(waiting);
    }
    this.#flow();
  }

  #open(): void {
    if (this.#opening || this.#closed) return;
    this.#opening = true;
    const ended = (connection: ApnsConnection) => {
      this.#connections.delete(connection);
      this.#flow();
    };
    ApnsConnection.open(this.#address, this.#identity, ended)
      .then((connection) => {
        if (this.#closed) connection.close();
        else this.#connections.add(connection);
      })
      .catch((error: NodeJS.ErrnoException) => {
        const reason = error.code ?? error.message;
        // Those that are open go on with what waits.
        if (this.#connections.size === 0)
          this.#end({ kind: turnedAway(reason) ? "turned_away" : "unanswered", reason });
      })
      .finally(() => {
        this.#opening = false;
        this.#flow();
      });
  }

  #end(outcome: PushOutcome): void {
    for (const { resolve } of this.#waiting.splice(0)) resolve(outcome);
  }
}

/** TLS's own words for a certificate that is not believed (RFC 8446 §6.2), as OpenSSL names them. */
const turnedAway = (code: string): boolean =>
  /ALERT_(BAD_CERTIFICATE|CERTIFICATE_|UNKNOWN_CA|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED)|ALERT_.*CERTIFICATE/.test(
    code,
  );
