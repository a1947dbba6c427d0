import type { Command } from "./command.ts";

type Given = Pick<
  Command,
  | "tenant"
  | "deviceId"
  | "id"
  | "type"
  | "script"
  | "apple"
  | "createdBy"
  | "reason"
  | "traceparent"
  | "createdAt"
  | "expiresAt"
>;

/** A command that waits for its device. Its place among the device's commands is given when it is stored. */
export const newCommand = (given: Given): Command => ({
  ...given,
  seq: "0",
  state: "queued",
  deliveredAt: undefined,
  leaseUntil: undefined,
  deliveries: 0,
  withdrawal: undefined,
  endedAt: undefined,
  result: undefined,
  version: 1,
});
