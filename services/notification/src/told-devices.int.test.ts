import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { DeviceEnrolled, DeviceUnenrolled } from "@muster/contracts/gen/muster/enrollment/v1/enrollment_events";
import { DeviceFactsChanged } from "@muster/contracts/gen/muster/inventory/v1/inventory_events";
import { StreamEventsRequest } from "@muster/contracts/gen/muster/notification/v1/activity_service";
import { EventFormat } from "@muster/contracts/gen/muster/notification/v1/sink";
import { tell } from "@muster/testkit/tell";
import { caller, RunningNotification } from "./testing/running-notification.ts";

interface OcsfDevice {
  readonly uid: string;
  readonly hostname?: string;
  readonly hw_info?: { readonly serial_number: string };
  readonly type: string;
  readonly model?: string;
  readonly is_managed?: boolean;
  readonly is_personal?: boolean;
  readonly os?: { readonly name: string; readonly version?: string };
}

describe("what is told of a device beside its events", () => {
  let service: RunningNotification;

  before(async () => {
    service = await RunningNotification.start("");
  });

  after(async () => assert.equal(await service.stop(), 0));

  const enrolled = (deviceId: string, changes: object) =>
    tell(service.bus.bus, {
      type: "muster.enrollment.v1.DeviceEnrolled",
      tenant: caller.tenant,
      deviceId,
      data: DeviceEnrolled.fromJSON({
        enrollment: {
          deviceId,
          version: 1,
          status: "STATUS_ENROLLED",
          platform: "PLATFORM_LINUX",
          ownership: "OWNERSHIP_CORPORATE",
          hostname: "as-enrolled",
          hardwareSerial: "SER-1",
          hardwareVendor: "LENOVO",
          hardwareModel: "ThinkPad X1",
          ...changes,
        },
      }),
    });

  const facts = (deviceId: string, version: number, system: object, os: object = {}) =>
    tell(service.bus.bus, {
      type: "muster.inventory.v1.DeviceFactsChanged",
      tenant: caller.tenant,
      deviceId,
      data: DeviceFactsChanged.fromJSON({
        deviceId,
        version,
        facts: [
          { name: "system_info", version, value: system },
          { name: "os_version", version, value: os },
        ],
      }),
    });

  /** Tells one more event about the device and reads it as OCSF; what was told before has then been heard. */
  const toldOf = async (deviceId: string): Promise<OcsfDevice> => {
    const id = await service.policyChanged("look", { deviceId });
    const hangUp = new AbortController();
    const request = { ...StreamEventsRequest.fromJSON({ deviceIds: [deviceId] }), afterPosition: "0" };
    const stream = service.activities.streamEvents(
      { ...request, format: EventFormat.EVENT_FORMAT_OCSF },
      caller,
      hangUp.signal,
    );
    try {
      for await (const { text } of stream) {
        const event = JSON.parse(text) as { metadata: { uid: string }; device: OcsfDevice };
        if (event.metadata.uid === id) return event.device;
      }
      throw new Error("the stream ended");
    } finally {
      hangUp.abort();
    }
  };

  /** Enrollment's and inventory's events come over consumers of their own: waits until all of them are kept. */
  const kept = async (ids: readonly string[]): Promise<void> => {
    const missing = new Set(ids);
    const hangUp = new AbortController();
    const stream = service.activities.streamEvents(
      { ...StreamEventsRequest.fromJSON({}), afterPosition: "0" },
      caller,
      hangUp.signal,
    );
    for await (const { activity } of stream) {
      missing.delete(activity?.id ?? "");
      if (missing.size === 0) break;
    }
    hangUp.abort();
  };

  it("is what it said when it enrolled, and then what its facts say", async () => {
    await kept([await enrolled("laptop", {})]);
    const first = await toldOf("laptop");
    assert.deepEqual([first.hostname, first.hw_info?.serial_number, first.type], ["as-enrolled", "SER-1", "Laptop"]);
    assert.equal(first.is_personal, false);
    await kept([
      await facts(
        "laptop",
        2,
        { hostname: "renamed", hardware_serial: "SER-1", hardware_vendor: "LENOVO", hardware_model: "ThinkPad X1" },
        { name: "Ubuntu", version: "24.04" },
      ),
    ]);
    await kept([await enrolled("laptop", { version: 2 }), await facts("laptop", 1, { hostname: "older" })]);
    const then = await toldOf("laptop");
    assert.deepEqual([then.hostname, then.os?.name, then.os?.version], ["renamed", "Ubuntu", "24.04"]);
  });

  it("names neither machine nor serial number of a device that a person owns, whatever comes first", async () => {
    const ownership = "OWNERSHIP_PERSONAL";
    const system = { hostname: "adas-laptop", hardware_serial: "SECRET", hardware_model: "XPS 13" };
    await kept([await facts("personal", 1, system)]);
    await kept([await enrolled("personal", { ownership })]);
    await kept([await facts("personal", 2, system)]);
    const device = await toldOf("personal");
    assert.deepEqual([device.hostname, device.hw_info, device.is_personal], [undefined, undefined, true]);
    assert.equal(device.model, "XPS 13");
  });

  it("is its id alone while nothing is known of it", async () => {
    assert.deepEqual(await toldOf("stranger"), { uid: "stranger", type_id: 0, type: "Unknown" });
  });

  it("is still told after it is gone", async () => {
    const gone = { deviceId: "gone", version: 2, status: "STATUS_UNENROLLED", hostname: "as-enrolled" };
    await kept([await enrolled("gone", {})]);
    await kept([
      await tell(service.bus.bus, {
        type: "muster.enrollment.v1.DeviceUnenrolled",
        tenant: caller.tenant,
        deviceId: "gone",
        data: DeviceUnenrolled.fromJSON({ enrollment: gone }),
      }),
    ]);
    const device = await toldOf("gone");
    assert.deepEqual([device.hostname, device.is_managed], ["as-enrolled", false]);
  });
});
