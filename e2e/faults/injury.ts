import type { Platform } from "@muster/deploy/local/platform";
import type { JetStreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Client } from "pg";
import type { RestClient } from "../journeys/testing/rest-client.ts";
import type { SeededRandom } from "../simulators/seeded-random.ts";
import type { SplunkHecSimulator } from "../simulators/sinks/splunk-hec.ts";
import type { WebhookReceiver } from "../simulators/webhook-receiver.ts";

/** What an injury may touch. */
export interface Patient {
  readonly platform: Platform;
  readonly api: RestClient;
  readonly dataDir: string;
  readonly receiver: WebhookReceiver;
  readonly splunk: SplunkHecSimulator;
  /** A session of its own as the database's superuser, for the time of `work`. */
  readonly withDatabase: <T>(work: (client: Client) => Promise<T>) => Promise<T>;
  /** A connection of its own that may do everything on the bus, for the time of `work`. */
  readonly withBus: <T>(work: (bus: NatsConnection, manager: JetStreamManager) => Promise<T>) => Promise<T>;
  /** What was asked while one replica was down, and which of it went unanswered. */
  readonly askedOfOthers: { requests: number; readonly unanswered: string[] };
  /** How far a store is rolled back. */
  readonly rollBackMs: number;
}

export interface Injury {
  readonly name: string;
  /** Chosen this often in relation to the others. */
  readonly weight: number;
  /** Does the harm and undoes it; resolves with what was done, in a few words, when all that it stopped runs again. */
  inflict(patient: Patient, random: SeededRandom): Promise<string>;
}
