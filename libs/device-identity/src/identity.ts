/** The protocol a key or certificate was given over; each has a generation of its own on a device. */
export type Method = "osquery" | "orbit" | "agent";

/** Who a key or certificate says the device is. */
export interface DeviceIdentity {
  readonly tenant: string;
  readonly deviceId: string;
  readonly method: Method;
  readonly generation: number;
}
