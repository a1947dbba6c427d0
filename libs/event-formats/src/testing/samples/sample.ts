import type { EventType } from "@muster/contracts/event";

export interface Sample {
  readonly deviceId: string;
  readonly actor: string;
  /** The body, proto3 JSON, with every field set. */
  readonly data: object;
}

/** One event of every type that a service tells. */
export type SamplesOf<Service extends string> = Readonly<
  Record<Extract<EventType, `muster.${Service}.v1.${string}`>, Sample>
>;

export const DEVICE = "0d5e0f4c-5b1e-4d0a-9f6f-0a9c8f4f1c01";
export const HOLDER = "0d5e0f4c-5b1e-4d0a-9f6f-0a9c8f4f1c02";
export const POLICY = "5c2f9a52-2a2f-4d2c-8e0c-6a1f4d6f2b03";
export const COMMAND = "7a4f1a0e-3c1d-4a6e-8a55-9b2f8f2c4d04";
export const SCRIPT = "2b9c1f3a-7d4e-4c8b-9a6f-5e3d1c7b8a05";
export const AT = "2026-10-01T08:15:30.123Z";

export const device = (data: object, actor = `device:${DEVICE}`): Sample => ({ deviceId: DEVICE, actor, data });
export const nobodys = (data: object, actor = ""): Sample => ({ deviceId: "", actor, data });
