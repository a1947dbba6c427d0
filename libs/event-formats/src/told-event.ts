import type { Ownership, Platform } from "@muster/contracts/gen/muster/enrollment/v1/enrollment";

/** What a machine is, as far as its vendor and model say. */
export type HardwareKind = "unknown" | "server" | "desktop" | "laptop" | "virtual";

/** What is told of a device beside an event about it: what is known when it is told. Text that is not known, or may not be, is empty. */
export interface DeviceSummary {
  readonly hostname: string;
  readonly platform: Platform;
  readonly osName: string;
  readonly osVersion: string;
  readonly serial: string;
  readonly ownership: Ownership;
  readonly hardwareVendor: string;
  readonly hardwareModel: string;
  readonly kind: HardwareKind;
  /** Whether it is enrolled. */
  readonly managed: boolean;
}

/** One event, with all that a format may tell of it. */
export interface ToldEvent {
  readonly id: string;
  /** The full proto name. One that this release does not know comes from a newer publisher, and is told all the same. */
  readonly type: string;
  readonly tenant: string;
  /** /muster/<service> */
  readonly source: string;
  readonly time: Date;
  /** Empty when it is about no device. */
  readonly deviceId: string;
  /** Empty when nobody is known to have caused it. */
  readonly actor: string;
  /** W3C Trace Context; empty when it belongs to no trace, or to one that stays inside. */
  readonly traceparent: string;
  /** The event's body, proto3 JSON. */
  readonly data: unknown;
  /** Where it stands in its tenant's stream, when it was read from there. */
  readonly position?: string;
  readonly device?: DeviceSummary;
}
