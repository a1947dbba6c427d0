import type { KeyObject } from "node:crypto";
import type { SeededRandom } from "../seeded-random.ts";
import type { Identity } from "./crypto/certificate.ts";
import type { KeySource } from "./crypto/key-pair.ts";
import type { DeviceState } from "./device-state.ts";
import type { AppleHardware } from "./hardware/apple-hardware.ts";
import type { AppleLedger } from "./ledger.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import type { AppleDoor } from "./wire/apple-door.ts";

/** What the parts of a simulated device share. */
export interface DeviceParts {
  readonly hardware: AppleHardware;
  readonly state: DeviceState;
  readonly ledger: AppleLedger;
  readonly door: AppleDoor;
  /** Another door, which shows the identity in the TLS handshake. */
  readonly doorAs: (identity: Identity) => AppleDoor;
  readonly keys: KeySource;
  /** The identity that the device was born with, and who vouches for it. */
  readonly factory: () => Promise<{ readonly identity: Identity; readonly chain: readonly Buffer[] }>;
  /** Has its maker attest that a key lives in this device, for the token of an ACME challenge. */
  readonly attest: (publicKey: KeyObject, token: string) => Promise<Buffer>;
  readonly random: SeededRandom;
  readonly misbehaviour: Misbehaviour;
  readonly now: () => Date;
}
