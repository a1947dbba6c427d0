import { type EventType, serviceOf } from "@muster/contracts/event";
import { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";
import type { DeviceSummary, ToldEvent } from "../told-event.ts";
import { SAMPLES } from "./samples.ts";

const LAPTOP: DeviceSummary = {
  hostname: "build-7.acme.example",
  platform: Platform.PLATFORM_LINUX,
  osName: "Ubuntu",
  osVersion: "24.04.3 LTS",
  serial: "SER-4711",
  ownership: Ownership.OWNERSHIP_CORPORATE,
  hardwareVendor: "LENOVO",
  hardwareModel: "ThinkPad X1",
  kind: "laptop",
  managed: true,
};

/** The sample of a type as a reader of the stream gets it. */
export function sampleEvent(type: EventType): ToldEvent {
  const { actor, data, deviceId } = SAMPLES[type];
  return {
    id: "0199a2b4-7c1e-7000-8000-000000000001",
    type,
    tenant: "acme",
    source: `/muster/${serviceOf(type)}`,
    time: new Date("2026-10-01T08:15:30.123Z"),
    deviceId,
    actor,
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    data,
    position: "8123.4567",
    ...(deviceId !== "" && { device: { ...LAPTOP, managed: type !== "muster.enrollment.v1.DeviceUnenrolled" } }),
  };
}
