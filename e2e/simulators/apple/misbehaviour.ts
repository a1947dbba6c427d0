import type { Identity } from "./crypto/certificate.ts";
import type { AppleHardware } from "./hardware/apple-hardware.ts";

/** What a broken or hostile device does otherwise than Apple's. Members may change while the device lives. */
export interface Misbehaviour {
  /** Sends every report of a command a second time, after the first was answered. */
  repeatsReports?: boolean;
  /** Signs with the key and certificate of another device. */
  signsAs?: Identity;
  /** Has another device's hardware attested. */
  attestsAs?: Pick<AppleHardware, "serial" | "udid">;
  /** Names another device in every message. */
  claimsToBe?: string;
  /** Sends no Content-Type with reports. */
  omitsContentType?: boolean;
  /** Sends POST where PUT belongs. */
  sendsPost?: boolean;
  /** Sends TokenUpdate before Authenticate. */
  tokenFirst?: boolean;
  /** Adds so many bytes of a key nobody asked for to every message. */
  padsBytes?: number;
  /** Shows this instead of the token that its person's sign-in ended with. */
  showsToken?: string;
  /** Sends a signature over another body. */
  breaksSignature?: boolean;
}
