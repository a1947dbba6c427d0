import type { EventService } from "@muster/contracts/event";
import type { Lifecycle } from "@muster/host/lifecycle";
import type { Logger } from "@muster/host/logging";
import { SMALL_STREAMS } from "@muster/testkit/test-bus";
import type { NatsConnection } from "@nats-io/transport-node";
import type { Pool } from "pg";
import { Relay } from "../relay/relay.ts";
import type { ServiceDatabase } from "../service-database.ts";

export interface RelayOf {
  readonly service: EventService;
  readonly pool: Pool;
  readonly database: Pick<ServiceDatabase<unknown>, "onEmitted">;
  readonly bus: NatsConnection;
  readonly log: Logger;
  readonly lifecycle: Lifecycle;
}

/** A relay that is woken by what is told over this database. */
export function startRelay({ service, pool, database, bus, log, lifecycle }: RelayOf): Relay {
  const relay = new Relay({ service, pool, bus, streamSize: SMALL_STREAMS, log });
  database.onEmitted(() => relay.wake());
  relay.start(lifecycle);
  return relay;
}
