import { randomUUID } from "node:crypto";
import type { EventData, EventType } from "@muster/contracts/event";
import { bodyOf } from "@muster/eventbus/event-message";
import { publishEvents } from "@muster/eventbus/publish";
import { jetstream } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";

export interface ToldEvent<T extends EventType> {
  readonly type: T;
  readonly tenant: string;
  readonly deviceId?: string;
  readonly actor?: string;
  readonly id?: string;
  readonly time?: Date;
  readonly data: EventData<T>;
}

/** Publishes an event as its service would, and returns its id. */
export async function tell<T extends EventType>(bus: NatsConnection, event: ToldEvent<T>): Promise<string> {
  const id = event.id ?? randomUUID();
  await publishEvents(jetstream(bus), [
    {
      id,
      type: event.type,
      tenant: event.tenant,
      deviceId: event.deviceId ?? "",
      actor: event.actor ?? "",
      time: event.time ?? new Date(),
      traceparent: "",
      body: bodyOf(event.type, event.data),
    },
  ]);
  return id;
}
