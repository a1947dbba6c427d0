import { join } from "node:path";
import type { EventData, EventType } from "@muster/contracts/event";
import { subjectOf } from "@muster/contracts/event";
import {
  type Enrollment,
  Method,
  Ownership,
  Platform,
  Status,
} from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import { bodyOf, dataOf } from "@muster/eventbus/event-message";
import { publishEvents } from "@muster/eventbus/publish";
import { eventually } from "@muster/testkit/eventually";
import { startTestBacking } from "@muster/testkit/test-backing";
import type { TestBus } from "@muster/testkit/test-bus";
import type { TestDatabase } from "@muster/testkit/test-database";
import { jetstream } from "@nats-io/jetstream";
import { sql } from "kysely";
import { v7 as uuidv7 } from "uuid";
import type { CommandDatabase } from "../storage/tables.ts";
import type { TestDevice } from "./device-certificate.ts";

const MIGRATIONS = join(import.meta.dirname, "../../migrations");
export const TENANT = "acme";

export interface TestPlatform {
  readonly bus: TestBus;
  readonly database: TestDatabase<CommandDatabase>;
  /** Tells the service of a device, as enrollment would, and waits until it knows. */
  enroll(generations: Readonly<Record<string, number>>, rest?: Partial<Enrollment>): Promise<TestDevice>;
  publish<T extends EventType>(type: T, deviceId: string, data: EventData<T>): Promise<void>;
  /** The events of a type about a device that are on the bus, once there is at least one. */
  heard<T extends EventType>(type: T, deviceId: string): Promise<EventData<T>[]>;
  stop(): Promise<void>;
}

/** A bus and a database of its own, with everything this service listens to at hand. */
export async function startTestPlatform(): Promise<TestPlatform> {
  const { bus, database, stop } = await startTestBacking<CommandDatabase>("command", MIGRATIONS);
  const told: { readonly type: string; readonly deviceId: string; readonly body: unknown }[] = [];
  bus.bus.subscribe("evt.v1.*.command.*", {
    callback: (_error, message) => {
      const header = (name: string) => message.headers?.get(name) ?? "";
      told.push({ type: header("ce-type"), deviceId: header("ce-subject"), body: message.json() });
    },
  });
  const publish: TestPlatform["publish"] = async (type, deviceId, data) => {
    const envelope = { id: uuidv7(), type, tenant: TENANT, deviceId, actor: "", time: new Date(), traceparent: "" };
    await publishEvents(jetstream(bus.bus), [{ ...envelope, body: bodyOf(type, data) }]);
  };
  return {
    bus,
    database,
    publish,
    heard: (type, deviceId) =>
      eventually(`${subjectOf(TENANT, type)} about ${deviceId}`, async () => {
        const found = told.filter((each) => each.type === type && each.deviceId === deviceId);
        return found.length > 0 ? found.map(({ body }) => dataOf(type, body)) : undefined;
      }),
    enroll: async (generations, rest = {}) => {
      const enrollment = { ...enrollmentOf(uuidv7(), generations), ...rest };
      const { deviceId, version } = enrollment;
      await publish("muster.enrollment.v1.DeviceEnrolled", deviceId, { enrollment, reEnrolled: false });
      await eventually(`the service to know ${deviceId}`, () =>
        database.database.tenant(TENANT, async (work) => {
          const { rows } = await sql`
            select from device_channels where tenant = ${TENANT} and device_id = ${deviceId} and version = ${version}`.execute(
            work.sql,
          );
          return rows.length === 1 ? true : undefined;
        }),
      );
      return { tenant: TENANT, deviceId, generation: generations["agent"] ?? generations["orbit"] ?? 1 };
    },
    stop,
  };
}

export const enrollmentOf = (deviceId: string, generations: Readonly<Record<string, number>>): Enrollment => ({
  deviceId,
  generations: { ...generations },
  version: 1,
  status: Status.STATUS_ENROLLED,
  method: Method.METHOD_AGENT,
  platform: Platform.PLATFORM_LINUX,
  ownership: Ownership.OWNERSHIP_CORPORATE,
  hostIdentifier: "",
  hardwareUuid: "",
  hardwareSerial: "",
  hostname: "test",
  hardwareVendor: "",
  hardwareModel: "",
  duplicateOf: "",
  certificateSerial: "",
  certificateNotAfter: undefined,
  firstEnrolledAt: undefined,
  enrolledAt: undefined,
  apple: undefined,
});
