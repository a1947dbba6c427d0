import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { decodeEvent, type EventData, type EventType } from "@muster/contracts/event";
import { Lifecycle } from "@muster/host/lifecycle";
import { createLogger } from "@muster/host/logging";
import { Channel } from "@muster/rpc/client";
import { startServiceProcess } from "@muster/testkit/service-process";
import { tell } from "@muster/testkit/tell";
import { startTestBacking } from "@muster/testkit/test-backing";
import type { TestDatabase } from "@muster/testkit/test-database";
import type { PolicyTables } from "../storage/tables.ts";

const SERVICE_TOKEN = "service-token";
const TENANT = "acme";
export const DEVICE_ORIGIN = "https://devices.example.com";
export const caller = { tenant: TENANT, actor: "ada@acme.example" };

export interface TestPlatform {
  readonly database: TestDatabase<PolicyTables>;
  /** To the service. */
  readonly channel: Channel;
  /** Tells the service of a device, as another service would. */
  readonly publish: <T extends EventType>(type: T, deviceId: string, data: EventData<T>) => Promise<unknown>;
  /** What the service told of a device, in the order of telling. */
  readonly told: <T extends EventType>(type: T, deviceId: string) => Promise<EventData<T>[]>;
  stop(): Promise<void>;
}

/** The real service in a process of its own, with a bus and a database of its own. */
export async function startTestPlatform(): Promise<TestPlatform> {
  await using starting = new AsyncDisposableStack();
  const backing = await startTestBacking<PolicyTables>("policy", join(import.meta.dirname, "../../migrations"));
  starting.defer(() => backing.stop());
  const { bus, database } = backing;
  const service = await startServiceProcess({
    main: join(import.meta.dirname, "../main.ts"),
    databaseUrl: database.url,
    natsUrl: bus.url,
    serviceToken: SERVICE_TOKEN,
    env: { MUSTER_MASTER_KEY: randomBytes(32).toString("base64"), MUSTER_PUBLIC_DEVICE_URL: DEVICE_ORIGIN },
  });
  const running = starting.move();
  running.defer(async () => assert.equal(await service.end("SIGTERM"), 0));
  const lifecycle = new Lifecycle(createLogger("test", "silent"));
  running.defer(() => lifecycle.stop());
  return {
    database,
    channel: new Channel(service.grpcAddress, SERVICE_TOKEN, lifecycle),
    publish: (type, deviceId, data) => tell(bus.bus, { type, tenant: TENANT, deviceId, data }),
    told: async (type, deviceId) => {
      const { rows } = await database.pool.query<{ body: string }>(
        "select body from outbox where type = $1 and device_id = $2 order by xid, seq",
        [type, deviceId],
      );
      return rows.map(({ body }) => decodeEvent(type, JSON.parse(body)));
    },
    stop: () => running.disposeAsync(),
  };
}
