/** The protocol an enrollment came over. */
export type Method = "osquery" | "orbit" | "agent" | "apple";

export type Platform =
  | "unknown"
  | "linux"
  | "macos"
  | "windows"
  | "chromeos"
  | "ios"
  | "ipados"
  | "tvos"
  | "visionos"
  | "watchos";

export type Ownership = "corporate" | "personal";

/** What a machine says of itself when it asks to be enrolled. Anything may be empty, and nothing of it is proven. */
export interface Machine {
  readonly method: Method;
  readonly platform: Platform;
  /** The name the client chose to go by (osquery host_identifier). */
  readonly hostIdentifier: string;
  readonly hardwareUuid: string;
  readonly hardwareSerial: string;
  readonly hardwareVendor: string;
  readonly hardwareModel: string;
  readonly hostname: string;
  /** The id of the osquery database on it; empty for the agent. */
  readonly instanceId: string;
}

/** A machine with the right to enroll, into this tenant and as whose device. */
export interface Claim extends Machine {
  readonly tenant: string;
  readonly ownership: Ownership;
  /** Whether no other machine can say this of its hardware: its maker vouches for it, or made it so that nobody copies it. */
  readonly isUnique?: boolean;
}
